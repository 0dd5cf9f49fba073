import { useState } from "preact/hooks";
import { numberText } from "../i18n/format";
import { t } from "../i18n/ops";
import { Button, Dialog, DialogFoot, Note } from "../ui";
import type { NodeView } from "./history";
import { upText } from "./parts";
import { drain } from "./state";

interface NodesProps {
  nodes: readonly NodeView[];
  /** The version of control, which a node may not have yet. */
  control: string;
}

/** Every node with its load, and the button that lets it take nobody new. */
export function Nodes({ nodes, control }: NodesProps) {
  const [asked, setAsked] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const set = async (node: string, draining: boolean) => {
    setBusy(true);
    setFailed(false);
    try {
      await drain(node, draining);
    } catch {
      setFailed(true);
    } finally {
      setBusy(false);
      setAsked(null);
    }
  };
  const taking = nodes.some(({ state }) => state === "good" || state === "busy");
  return (
    <section class="card wide">
      <header class="part-head">
        <h2 class="label grow">{t("nodes.title")}</h2>
        <span class={taking ? "small soft" : "mark poor"}>
          {taking ? t("nodes.taking") : t("nodes.taking_none")}
        </span>
      </header>
      {failed && <Note trouble>{t("nodes.failed")}</Note>}
      <table class="tight stackable" aria-label={t("nodes.title")}>
        <thead>
          <tr>
            <th scope="col">{t("nodes.node")}</th>
            <th scope="col">{t("nodes.load")}</th>
            <th scope="col" class="r">
              {t("nodes.rooms")}
            </th>
            <th scope="col" class="r">
              {t("nodes.browsers")}
            </th>
            <th scope="col" class="r">
              {t("nodes.lag")}
            </th>
            <th scope="col" class="r">
              {t("nodes.up")}
            </th>
            <th scope="col">{t("nodes.state")}</th>
            <th scope="col">
              <span class="only-heard">{t("nodes.action")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <Row
              key={node.id}
              node={node}
              control={control}
              busy={busy}
              onDrain={() => setAsked(node.id)}
              onStop={() => void set(node.id, false)}
            />
          ))}
        </tbody>
      </table>
      {asked && (
        <Dialog
          title={t("nodes.ask", { node: asked })}
          closeLabel={t("ops.cancel")}
          onClose={() => setAsked(null)}
          data-testid="ask"
        >
          <p>{t("nodes.ask_text")}</p>
          <DialogFoot>
            <Button onClick={() => setAsked(null)}>{t("ops.cancel")}</Button>
            <Button
              kind="primary"
              disabled={busy}
              data-testid="ask-yes"
              onClick={() => void set(asked, true)}
            >
              {t("nodes.drain")}
            </Button>
          </DialogFoot>
        </Dialog>
      )}
    </section>
  );
}

interface RowProps {
  node: NodeView;
  control: string;
  busy: boolean;
  onDrain: () => void;
  onStop: () => void;
}

function Row({ node, control, busy, onDrain, onStop }: RowProps) {
  const core = node.packet_core === "native" ? t("nodes.core_native") : t("nodes.core_python");
  return (
    <tr data-testid="node">
      <th scope="row">
        {node.id}
        {node.packet_core && <span class="under">{core}</span>}
        {node.version && <Version version={node.version} control={control} />}
      </th>
      <td data-title={t("nodes.load")}>
        {node.cpu_ratio !== null && <Load share={node.cpu_ratio} />}
      </td>
      <td class="r num" data-title={t("nodes.rooms")}>
        {number(node.rooms)}
      </td>
      <td class="r num" data-title={t("nodes.browsers")}>
        {number(node.peers)}
      </td>
      <td class="r num" data-title={t("nodes.lag")}>
        {node.loop_lag_p95_ms === null ? "–" : `${numberText(node.loop_lag_p95_ms)} ms`}
      </td>
      <td class="r num" data-title={t("nodes.up")}>
        {node.began_at ? upText(node.began_at) : "–"}
      </td>
      <td data-title={t("nodes.state")}>
        <State node={node} />
      </td>
      <td class="r">
        {node.state === "draining" ? (
          <Button size="compact" disabled={busy} data-testid="stop-draining" onClick={onStop}>
            {t("nodes.stop")}
          </Button>
        ) : (
          <Button
            size="compact"
            disabled={busy || node.state === "away"}
            data-testid="drain"
            onClick={onDrain}
          >
            {t("nodes.drain")}
          </Button>
        )}
      </td>
    </tr>
  );
}

function Version({ version, control }: { version: string; control: string }) {
  if (version === control) return <span class="under">{t("nodes.version", { version })}</span>;
  return <span class="mark fair">{t("nodes.version_differs", { version })}</span>;
}

const HOT = 0.8;

function Load({ share }: { share: number }) {
  return (
    <span class="load-cell num">
      <span class="load" aria-hidden="true">
        <b
          class={share >= HOT ? "hot" : undefined}
          style={{ width: `${Math.min(100, share * 100)}%` }}
        />
      </span>
      {numberText(share * 100)} %
    </span>
  );
}

function State({ node }: { node: NodeView }) {
  switch (node.state) {
    case "good":
      return <span class="mark good">{t("nodes.good")}</span>;
    case "busy":
      return <span class="mark fair">{t("nodes.busy")}</span>;
    case "away":
      return <span class="mark poor">{t("nodes.away")}</span>;
    case "draining":
      return (
        <span class="mark none">
          {node.rooms ? t("nodes.draining_left", { n: node.rooms }) : t("nodes.draining")}
        </span>
      );
  }
}

function number(value: number | null): string {
  return value === null ? "–" : numberText(value);
}
