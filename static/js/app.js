// Every behaviour of the product's pages, one a module. Each listens on the document and needs no set-up after a swap.
import "./theme.js";
import "./toast.js";
import "./dialog.js";
import "./menu.js";
import "./nav.js";
import "./busy.js";
import "./shortcuts.js";
import "./copy.js";
import "./request_errors.js";
import "./condition_builder.js";
import "./tag_dialog.js";
