import { ImagePlus, Trash2 } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Button, Face, Note } from "../../ui";
import { api } from "../api";
import { useAction } from "../hooks";
import { smallPicture } from "../small-picture";
import { me } from "../state/account";
import { Trouble } from "./trouble";

/** The picture that patients see while they wait. */
export function AccountPicture() {
  const input = useRef<HTMLInputElement>(null);
  const [unreadable, setUnreadable] = useState(false);
  const { busy, error, run } = useAction();
  const version = me.value?.picture ?? null;
  const take = async () => {
    const file = input.current?.files?.[0];
    if (!file) return;
    const small = await smallPicture(file).catch(() => null);
    if (input.current) input.current.value = "";
    setUnreadable(small === null);
    if (small)
      await run(async () => {
        me.value = await api.setPicture(small);
      });
  };
  const remove = () =>
    void run(async () => {
      await api.removePicture();
      if (me.value) me.value = { ...me.value, picture: null };
    });
  return (
    <section class="card padded stack">
      <h2 class="label">{t("account.picture")}</h2>
      <div class="row">
        {version ? (
          <img
            class="account-face"
            src={`/api/me/picture?v=${version}`}
            alt={t("account.picture_alt")}
            data-testid="account-picture"
          />
        ) : (
          <Face name={me.value?.name ?? ""} size="large" />
        )}
        <p class="small soft grow">{t("account.picture_hint")}</p>
      </div>
      {unreadable && <Note trouble>{t("account.picture_wrong")}</Note>}
      <Trouble error={error} />
      <div class="row wrap">
        <input
          ref={input}
          class="only-heard"
          type="file"
          accept="image/png,image/jpeg,image/webp"
          tabIndex={-1}
          aria-hidden="true"
          data-testid="account-picture-file"
          onChange={() => void take()}
        />
        <Button icon={ImagePlus} disabled={busy} onClick={() => input.current?.click()}>
          {t("account.picture_choose")}
        </Button>
        {version && (
          <Button
            kind="quiet"
            icon={Trash2}
            disabled={busy}
            data-testid="account-picture-remove"
            onClick={remove}
          >
            {t("account.picture_remove")}
          </Button>
        )}
      </div>
    </section>
  );
}
