/// Whether more pictures would help.
struct LearningSection {
  let ranking: Ranking

  var markup: Markup? {
    let wide = ranking.report.learningFigures(ranking, .wide)
    let narrow = ranking.report.learningFigures(ranking, .narrow)
    guard !wide.isEmpty else { return nil }
    let cards = zip(wide, narrow).map { wide, narrow in
      card(
        wide.place.isEmpty ? "By training pictures" : "On \(wide.place)",
        note: "The line is the mean over several draws of the training pictures, the haze their range.",
        [wide.figure.inline(class: "only-wide"), narrow.figure.inline(class: "only-narrow")])
    }
    return section(
      "Would more pictures help", id: "learning",
      why: "Each head fitted again to a part of the training pictures, every class with its share, with the "
        + "settings it has above. A line that still rises at its right end asks for more pictures.",
      [element("div", ["class": "grid wide"], cards)])
  }
}
