// Whether the page hears the table.

import { find, setText } from "../dom.js";
import { t } from "../i18n.js";

export class ConnectionLine {
  constructor(root, connection) {
    this.root = root;
    this.text = find("span", root);
    this.connection = connection;
  }

  update() {
    const { state } = this.connection;
    if (this.root.dataset.state !== state) this.root.dataset.state = state;
    setText(this.text, t(`connection.${state}`));
  }
}
