// not-reached.js: says beside a button or a link that the server did not answer. Leaving the page for the browser's own
// words about it would cost a reader the place, and a text that is being written. The next thing they press takes it away.
class NotReached extends HTMLElement {
  connectedCallback() {
    this.role = "alert"
    this.textContent = "We cannot be reached at the moment. Please try again in a little while."
    document.addEventListener("click", () => this.remove(), { once: true, capture: true })
  }
}
customElements.define("not-reached", NotReached)
