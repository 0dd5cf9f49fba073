import { FileUp } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { t } from "../../i18n/therapist";
import { announce, Button, Dialog, DialogFoot, Note } from "../../ui";
import { api, type Import, type ImportRow } from "../api";
import { useAction } from "../hooks";
import { type Column, Table } from "./table";
import { Trouble } from "./trouble";

/** More is refused by control as well; said here before a large file is sent for nothing. */
const MOST_BYTES = 1_000_000;

interface ImportProps {
  onDone: () => void;
  onClose: () => void;
}

interface Chosen {
  readonly file: Blob;
  readonly read: Import;
}

/** Choose a sheet, look at what would be done with each row, then import those that are new. */
export function ImportPatients({ onDone, onClose }: ImportProps) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [large, setLarge] = useState(false);
  const { busy, error, run } = useAction(chosen);
  const choose = async (file: File) => {
    setChosen(null);
    setLarge(file.size > MOST_BYTES);
    if (file.size > MOST_BYTES) return;
    const sheet = new Blob([await file.arrayBuffer()]);
    await run(async () =>
      setChosen({ file: sheet, read: await api.previewImport(sheet, locale.value) }),
    );
  };
  const write = async () => {
    if (!chosen) return;
    const done = await run(async () => {
      const { added } = await api.importPatients(chosen.file, locale.value);
      announce(t("import.done", { n: added }));
    });
    if (done) onDone();
  };
  const n = chosen?.read.rows.filter(({ state }) => state === "new").length ?? 0;
  return (
    <Dialog title={t("import.title")} closeLabel={t("go.cancel")} onClose={onClose} class="wide">
      <div class="stack loose">
        <p class="soft">{t("import.lead")}</p>
        <ChooseFile busy={busy} onChoose={(file) => void choose(file)} />
        {large && <Note trouble>{t("import.too_large")}</Note>}
        <Trouble error={error} />
        {chosen && <Preview read={chosen.read} />}
        {chosen && n === 0 && <p>{t("import.none")}</p>}
        <DialogFoot>
          <Button onClick={onClose}>{t("go.cancel")}</Button>
          <Button
            kind="primary"
            disabled={busy || n === 0}
            data-testid="import-yes"
            onClick={() => void write()}
          >
            {n > 0 ? t("import.yes", { n }) : t("import.title")}
          </Button>
        </DialogFoot>
      </div>
    </Dialog>
  );
}

function ChooseFile({ busy, onChoose }: { busy: boolean; onChoose: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div>
      <Button icon={FileUp} disabled={busy} onClick={() => input.current?.click()}>
        {t("import.choose")}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,text/csv"
        hidden
        data-testid="import-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) onChoose(file);
        }}
      />
    </div>
  );
}

function Preview({ read }: { read: Import }) {
  const rows = read.rows.map((row) => ({ ...row, id: String(row.line) }));
  const columns: Column<ImportRow>[] = [
    { title: t("list.name"), cell: ({ name }) => <span class="name">{name}</span> },
    {
      title: t("list.contact"),
      kind: "soft",
      cell: ({ email, phone }) => <span class="cut">{email || phone}</span>,
    },
    { title: t("import.row"), kind: "number", told: true, cell: ({ line }) => line },
    {
      title: t("import.result"),
      cell: (row) => (
        <span class={row.state === "wrong" ? "clay" : row.state === "new" ? "accent" : "soft"}>
          {fate(row)}
        </span>
      ),
    },
  ];
  return (
    <>
      {!read.sure && <Note>{t("import.unsure")}</Note>}
      {rows.length > 0 && (
        <div class="import-preview">
          <Table label={t("import.title")} columns={columns} rows={rows} data-testid="import-row" />
        </div>
      )}
    </>
  );
}

const WRONG = ["name", "email", "phone", "language"] as const;

/** What an import does with a row, and why. */
export function fate({ state, wrong }: Pick<ImportRow, "state" | "wrong">): string {
  if (state !== "wrong") return t(`import.${state}`);
  return t(`import.wrong_${WRONG.find((field) => field === wrong) ?? "name"}`);
}
