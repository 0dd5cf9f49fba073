import { Download } from "lucide-preact";
import { useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { t } from "../../i18n/therapist";
import { saveFile } from "../../lib/save-file";
import { serverNow } from "../../lib/server-time";
import { Button, Dialog, DialogFoot, TextField } from "../../ui";
import { api } from "../api";
import { useAction } from "../hooks";
import { Trouble } from "./trouble";

/** Asks for the days, then downloads them. */
export function ExportButton() {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        kind="quiet"
        icon={Download}
        data-testid="export-sessions"
        onClick={() => setAsking(true)}
      >
        {t("export.do")}
      </Button>
      {asking && <ExportSessions onClose={() => setAsking(false)} />}
    </>
  );
}

function ExportSessions({ onClose }: { onClose: () => void }) {
  const today = new Date(serverNow());
  const [from, setFrom] = useState(isoDay(new Date(today.getFullYear(), 0, 1)));
  const [to, setTo] = useState(isoDay(today));
  const { busy, error, run } = useAction(`${from} ${to}`);
  const download = async (event: Event) => {
    event.preventDefault();
    const { timeZone: zone } = new Intl.DateTimeFormat().resolvedOptions();
    const done = await run(async () => {
      const sheet = await api.exportSessions({ from, to, zone, language: locale.value });
      saveFile(sheet, `${t("export.file")}-${from}-${to}.csv`);
    });
    if (done) onClose();
  };
  return (
    <Dialog title={t("export.title")} closeLabel={t("go.cancel")} onClose={onClose}>
      <form class="stack loose" onSubmit={(event) => void download(event)}>
        <p class="soft">{t("export.lead")}</p>
        <TextField label={t("export.from")} type="date" value={from} onText={setFrom} />
        <TextField label={t("export.to")} type="date" value={to} onText={setTo} />
        <Trouble error={error} />
        <DialogFoot>
          <Button onClick={onClose}>{t("go.cancel")}</Button>
          <Button type="submit" kind="primary" disabled={busy} data-testid="export-yes">
            {t("export.yes")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

/** "2026-11-28", by the clock of this desk. */
export function isoDay(at: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
