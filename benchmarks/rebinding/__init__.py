"""What a call loses when its patient's network changes: `python -m benchmarks.rebinding`.

One call per browser across an emulated line of 30 ms round trip. Again and again the NAT in front
of the patient forgets its mappings and gives new ones (`benchmarks.netlab.nat`), then the patient's
address itself goes and another comes; nobody is told of the former, and of the latter only
what the kernel tells. A gap is the longest time without a new packet (sound) or frame (picture)
around a change, as the receiving browser counted them, to about 50 ms.
"""
