import Backbone
import Foundation
import Testing
import permafrost

/// `compare` from pictures to the report, on pictures of three colours that their mean tells apart.
@Suite struct CompareTests {
  /// A folder that holds pictures and a cache of their mean colours, and goes with the test.
  private final class Workplace {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    var cache: String { path + "/cache" }
    var report: String { path + "/report" }

    init(perClass: Int) throws {
      var noise = SystemRandomNumberGenerator()
      for (channel, name) in ["red", "green", "blue"].enumerated() {
        let folder = "\(path)/pictures/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for index in 0..<perClass {
          let rgb = (0..<64 * 64 * 3).map { value in
            UInt8.random(in: 0...150, using: &noise) + (value % 3 == channel ? 25 : UInt8(index % 25))
          }
          let png = try Picture(width: 64, height: 64, rgb: rgb).encoded(as: .png)
          try Data(png).write(to: URL(fileURLWithPath: "\(folder)/\(index).png"))
        }
      }
      let outcome = try CommandOutcome.of([
        "extract", "--network", "squeezenet1_1", "--weights", "seed:0", "--images", path + "/pictures",
        "--layer", "input:average", "--cache", cache, "--quiet",
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func everyKindOfHeadIsComparedAndReported() throws {
    let place = try Workplace(perClass: 40)
    let outcome = try CommandOutcome.of([
      "compare", "--cache", place.cache, "--heads", "all", "--split", "0.6/0.2/0.2", "--learning-curve",
      "--draws", "2", "--report", place.report,
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let names = ["logistic", "mlp", "svm", "svm-hinge", "softmax", "ridge", "lda", "class-mean", "knn"]
    let text = try String(contentsOfFile: place.report + "/report.json", encoding: .utf8)
    let document = try json(text)
    let heads = try #require(document["heads"] as? [[String: Any]])
    #expect(heads.compactMap { $0["name"] as? String } == names)
    for head in heads {
      let test = try #require(head["test"] as? [String: Any])
      #expect(try #require(test["accuracy"] as? Double) > 0.5)
      #expect(try #require(head["peak_bytes"] as? Int) > 0, "\(head["name"] ?? "")")
      let isSolved = head["name"] as? String != "knn"
      for key in ["objective", "converged", "iterations", "status"] {
        #expect((head[key] != nil) == isSolved, "\(key)")
      }
    }
    let neighbors = try #require(heads.last?["parameters"] as? [String: Double])
    #expect([1, 2, 5, 10, 20, 50].contains(neighbors["k"]))
    let curves = try #require(document["learning"] as? [[String: Any]])
    #expect(curves.compactMap { $0["head"] as? String } == names)
    let markdown = try String(contentsOfFile: place.report + "/report.md", encoding: .utf8)
    let row = try #require(markdown.split(separator: "\n").first { $0.contains("k-nearest neighbours |") })
    #expect(row.contains("k = ") && row.contains("B |"))
    let page = try String(contentsOfFile: place.report + "/report.html", encoding: .utf8)
    #expect(page.contains("k-nearest neighbours: choosing k") && outcome.output.contains("k-nearest neighb"))
  }

  /// Every figure is there twice, and its words are drawn.
  @Test func figuresAreDrawn() throws {
    let place = try Workplace(perClass: 20)
    let outcome = try CommandOutcome.of([
      "compare", "--cache", place.cache, "--heads", "logistic,knn", "--report", place.report, "--quiet",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: place.report + "/figures")
    let drawings = files.filter { $0.hasSuffix(".svg") }
    #expect(drawings.count > 5)
    guard FigurePNG.isPossible else {
      #expect(files.count == drawings.count && outcome.errors.contains("librsvg"))
      return
    }
    #expect(files.count == 2 * drawings.count && outcome.errors.isEmpty)
    for name in drawings {
      let path = "\(place.report)/figures/\(name.dropLast(4))"
      let drawing = try String(contentsOfFile: path + ".svg", encoding: .utf8)
      let picture = try Picture.decode([UInt8](Data(contentsOf: URL(fileURLWithPath: path + ".png"))))
      let root = try #require(drawing.firstMatch(of: /<svg [^>]*width="([0-9.]+)" height="([0-9.]+)"/))
      for (side, wanted) in [(picture.width, root.1), (picture.height, root.2)] {
        #expect(abs(Double(side) - FigurePNG.scale * (Double(wanted) ?? 0)) <= 2, "\(name)")
      }
      // Texts that start at a point of the drawing, which stands 20 to the right and down.
      var drawn = 0
      for text in drawing.matches(of: /<text class="[^"]*" x="([0-9.]+)" y="([0-9.]+)" text-anchor="start">/)
      {
        let (x, y) = (try #require(Double(text.1)), try #require(Double(text.2)))
        let pixels = darkPixels(of: picture, from: (x + 20, y + 10), width: 12, height: 11)
        #expect(pixels > 8, "\(name) \(text.0)")
        drawn += 1
      }
      #expect(drawn > 0 || name.hasPrefix("confusion") || name.hasPrefix("significance"), "\(name)")
    }
  }

  /// Pixels that are nearly ink in a part of a drawing.
  private func darkPixels(
    of picture: Picture, from start: (x: Double, y: Double), width: Double, height: Double
  ) -> Int {
    let columns = Int(start.x * FigurePNG.scale)..<Int((start.x + width) * FigurePNG.scale)
    let rows = Int(start.y * FigurePNG.scale)..<Int((start.y + height) * FigurePNG.scale)
    return rows.clamped(to: 0..<picture.height).reduce(0) { count, y in
      count
        + columns.clamped(to: 0..<picture.width).count { x in
          let pixel = picture[x, y]
          return Int(pixel.red) + Int(pixel.green) + Int(pixel.blue) < 3 * 150
        }
    }
  }

  @Test func whatHasNoWeightsIsNotSaved() throws {
    let outcome = try CommandOutcome.of([
      "fit", "--cache", "c", "--layer", "l", "--head", "knn", "--to", "head.safetensors",
    ])
    #expect(outcome.status == 2 && outcome.errors.contains("knn has no weights to save"))
  }
}
