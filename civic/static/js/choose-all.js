// choose-all.js: one box that ticks all others of its form, and says how many are ticked.
class ChooseAll extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    this.box = this.querySelector("input")
    this.count = this.querySelector("[role=status]")
    const form = this.closest("form")
    this.others = [...form.querySelectorAll(`input[name="${this.getAttribute("for")}"]`)]
    this.box.addEventListener("change", () => {
      for (const other of this.others) other.checked = this.box.checked
      this.see()
    })
    form.addEventListener("change", () => this.see())
    this.see()
  }

  see() {
    const ticked = this.others.filter((other) => other.checked).length
    this.box.checked = ticked === this.others.length
    this.box.indeterminate = ticked > 0 && !this.box.checked
    this.count.textContent = `${ticked} chosen`
  }
}
customElements.define("choose-all", ChooseAll)
