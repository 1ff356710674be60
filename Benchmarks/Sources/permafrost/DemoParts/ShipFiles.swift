import Backbone
import Foundation
import ShipPictures

/// The demo's pictures: ships of five classes, drawn and written as JPEG files in the folders of a data set.
struct ShipFiles {
  let folder: String
  let seed: UInt64 = 12
  /// Pictures of each class in each part.
  static let parts = [("train", 75), ("validation", 15), ("test", 60)]

  /// Draws all pictures; the same ones every time.
  func write() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, name) in ShipPictures.classes.enumerated() {
        group.addTask { try write(class: index, name) }
      }
      try await group.waitForAll()
    }
  }

  private func write(class index: Int, _ name: String) throws {
    var number = 0
    for (part, count) in Self.parts {
      let target = "\(folder)/\(part)/\(name)"
      do {
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
      } catch {
        throw CommandError.failed("cannot make the folder \(target): \(error.localizedDescription)")
      }
      for _ in 0..<count {
        try Task.checkCancellation()
        let drawn = ShipPictures.draw(class: index, index: number, seed: seed)
        let picture = try Picture(width: drawn.width, height: drawn.height, rgb: drawn.rgb)
        let digits = String(1000 + number).dropFirst()
        try writeFile(Data(picture.encoded(as: .jpeg(quality: 88))), to: "\(target)/\(digits).jpg")
        number += 1
      }
    }
  }
}
