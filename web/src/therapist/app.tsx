import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/therapist";
import { Announcer, Brand, Button } from "../ui";
import { AccountPage } from "./pages/account";
import { ConfirmPage } from "./pages/confirm";
import { ConsultationsPage } from "./pages/consultations";
import { ForgotPage } from "./pages/forgot";
import { HomePage } from "./pages/home";
import { LoginPage } from "./pages/login";
import { LostPage } from "./pages/lost";
import { NewEmailPage } from "./pages/new-email";
import { OutboxPage } from "./pages/outbox";
import { PatientPage } from "./pages/patient";
import { PatientsPage } from "./pages/patients";
import { RegisterPage } from "./pages/register";
import { ResetPage } from "./pages/reset";
import { RoomPage } from "./pages/room";
import { SessionsPage } from "./pages/sessions";
import { WaitingRoomPage } from "./pages/waiting-room";
import { GuestAdded } from "./parts/decide";
import type { Route } from "./routes";
import { Shell } from "./shell";
import { expired, loadMe, me, unreachable } from "./state/account";
import { followChat } from "./state/chat";
import { followFailures } from "./state/failures";
import { cutOffWhileClosing, leave, leaveWhenEnded } from "./state/place";
import { tellWhatIsSent } from "./state/report";
import { navigate, route } from "./state/router";
import { tellWhoIsSeen } from "./state/seen";
import { listenToControl, stopListening } from "./state/sessions";

/** The therapist's application: the login, and the pages for whoever is logged in. */
export function App() {
  const inside = me.value;
  // Whoever is logged in here: the link is for an account of its own.
  if (route.value.page === "reset") return <ResetPage />;
  if (route.value.page === "new-email") return <NewEmailPage />;
  if (route.value.page === "confirm") return <ConfirmPage />;
  return (
    <>
      <Announcer />
      {unreachable.value && <Unreachable />}
      {inside === null && <Outside route={route.value} />}
      {inside && <Inside key={inside.id} route={route.value} />}
      {inside && <GuestAdded />}
      {inside && expired.value && <LoginAgain />}
    </>
  );
}

function Unreachable() {
  return (
    <main class="alone">
      <Brand />
      <p>{t("trouble.unreachable")}</p>
      <Button kind="primary" onClick={() => void loadMe()}>
        {t("go.retry")}
      </Button>
    </main>
  );
}

/** Any address leads to the login page and is kept, so that logging in leads on to it. */
function Outside({ route }: { route: Route }) {
  if (route.page === "register") return <RegisterPage />;
  return route.page === "forgot" ? <ForgotPage /> : <LoginPage />;
}

/** Over the pages, which stay as they are: nothing that was typed is lost, and nothing shows. */
function LoginAgain() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="login-again"
      aria-label={t("login.submit")}
      data-testid="login-again"
      onCancel={(event) => event.preventDefault()}
    >
      <LoginPage />
    </dialog>
  );
}

const OUTSIDE: readonly Route["page"][] = ["login", "register", "forgot"];

function Inside({ route }: { route: Route }) {
  const over = expired.value;
  useEffect(() => {
    if (over) return;
    listenToControl();
    const stop = effect(leaveWhenEnded);
    const stopChat = followChat();
    const stopTelling = tellWhatIsSent();
    const stopCutting = cutOffWhileClosing();
    const stopFailures = followFailures();
    const stopSeeing = tellWhoIsSeen();
    return () => {
      stop();
      stopChat();
      stopTelling();
      stopCutting();
      stopFailures();
      stopSeeing();
      leave();
      stopListening();
    };
  }, [over]);
  useEffect(() => {
    if (OUTSIDE.includes(route.page)) navigate("/", { replace: true });
  }, [route.page]);
  useFocusOnArrival(route);
  // Nothing is typed there, and nobody is present without a login.
  if (over && (route.page === "room" || route.page === "waiting")) return null;
  if (route.page === "room") return <RoomPage key={route.id} id={route.id} />;
  if (route.page === "waiting") return <WaitingRoomPage key={route.id} id={route.id} />;
  return (
    <Shell route={route}>
      <Page route={route} />
    </Shell>
  );
}

/** A page that took the pressed button with it would leave the keyboard at the top of the window. */
function useFocusOnArrival(route: Route): void {
  const first = useRef(true);
  useEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    const page = document.querySelector("main");
    if (!first.current && lost && page) {
      page.tabIndex = -1;
      page.focus({ preventScroll: true });
    }
    first.current = false;
  }, [route]);
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "home":
    case "login":
    case "register":
    case "forgot":
      return <HomePage />;
    case "account":
      return <AccountPage />;
    case "patients":
      return <PatientsPage />;
    case "patient":
      return <PatientPage key={route.id} id={route.id} />;
    case "consultations":
      return <ConsultationsPage />;
    case "sessions":
      return <SessionsPage />;
    case "outbox":
      return <OutboxPage />;
    default:
      return <LostPage />;
  }
}
