/// A part of the page with a heading and a sentence that says how to read it.
func section(_ heading: String, id: String, why: String, _ content: [Markup]) -> Markup {
  element(
    "section", ["id": id],
    [element("h2", text: heading), element("p", ["class": "why"], text: why)] + content)
}

/// A card with a small heading, a note and a figure.
func card(_ heading: String, note: String = "", _ content: [Markup]) -> Markup {
  let title = heading.isEmpty ? [] : [element("h3", text: heading)]
  let remark = note.isEmpty ? [] : [element("p", ["class": "note"], text: note)]
  return element("div", ["class": "card"], title + remark + content)
}

/// A figure as wide as a card of a wide page, and as one of a telephone, where its text would become too small.
func bothWidths(_ width: Double, _ draw: (Double) -> Figure) -> [Markup] {
  [draw(width).inline(class: "only-wide"), draw(340).inline(class: "only-narrow")]
}

/// Content that may be wider than a narrow screen and then scrolls by itself; a keyboard reaches it too.
func scrolling(_ label: String, _ content: [Markup]) -> Markup {
  element("div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": label], content)
}

/// A bar from zero to one.
func meter(_ share: Double, class name: String = "") -> Markup {
  let width = share.isFinite ? min(max(share, 0), 1) * 100 : 0
  return element(
    "span", ["class": name.isEmpty ? "meter" : "meter " + name, "aria-hidden": "true"],
    [element("i", ["style": "width:\(Figure.number(width))%"])])
}
