/// Whether more pictures would help.
struct LearningSection {
  let ranking: Ranking

  var markup: Markup? {
    let figures = ranking.report.learningFigures(ranking)
    guard !figures.isEmpty else { return nil }
    let cards = figures.map { place, figure in
      card(
        place.isEmpty ? "By training pictures" : "On \(place)",
        note: "The line is the mean over several draws of the training pictures, the haze their range.",
        [scrolling("Learning curve", [element("div", ["style": "min-width:460px"], [figure.inline()])])])
    }
    return section(
      "Would more pictures help", id: "learning",
      why: "Each head fitted again to a part of the training pictures, every class with its share, with the "
        + "settings it has above. A line that still rises at its right end asks for more pictures.",
      [element("div", ["class": "grid wide"], cards)])
  }
}
