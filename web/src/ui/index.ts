import "./base.css";
import "./kit.css";
import "./fields.css";
import "./dialog.css";
import "./call.css";
import "./chat.css";

export { firstName } from "../lib/titles";
export { Announcer, announce } from "./announce";
export { Button, IconButton } from "./button";
export { ChatButton, ChatHint, ChatPanel, type ChatWords } from "./chat";
export { useCopy } from "./copy";
export { Dialog, DialogFoot } from "./dialog";
export { type Choice, SearchField, Select, Switch, TextField } from "./fields";
export { useEscape, useLasting, useRedraw, useWakeLock } from "./hooks";
export { Brand, Face, Foldable, LevelBars, Note } from "./parts";
export { Picture, PictureFrame, Sound } from "./picture";
export { RemotePicture } from "./remote-picture";
export { applyTheme, type Theme, theme } from "./theme";
