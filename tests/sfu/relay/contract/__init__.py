"""What any packet core must do: one test class, in parts by subject.

An implementation is judged by a subclass that names what makes it:

    class TestPythonCore(PacketCoreContract):
        make_core = PythonCore

The tests see a core by its operations (`sfu.relay.seam`) and its bytes alone: far ends
with SRTP and RTP code of their own (`far_end`) send to it and read what it sends, in virtual time.
Limits that a core must keep, as how often it asks for a lost packet, are read from `sfu.relay`.
What the Python core does inside is tested beside this package, module by module.
"""

from tests.sfu.relay.contract.addresses import Addresses
from tests.sfu.relay.contract.admission import Admission
from tests.sfu.relay.contract.asking import Asking
from tests.sfu.relay.contract.feedback import Feedback
from tests.sfu.relay.contract.gates import Gates
from tests.sfu.relay.contract.keyframes import Keyframes
from tests.sfu.relay.contract.numbering import Numbering
from tests.sfu.relay.contract.relaying import Relaying
from tests.sfu.relay.contract.repair import Repair
from tests.sfu.relay.contract.reports import Reports
from tests.sfu.relay.contract.resending import Resending
from tests.sfu.relay.contract.samples import Samples
from tests.sfu.relay.contract.suspension import Suspension
from tests.sfu.relay.contract.totals import Totals


class PacketCoreContract(
    Relaying,
    Gates,
    Numbering,
    Admission,
    Addresses,
    Asking,
    Resending,
    Keyframes,
    Repair,
    Reports,
    Samples,
    Feedback,
    Suspension,
    Totals,
):
    """All of it. Set `make_core`."""
