import ArgumentParser
import FeatureCache
import Foundation

/// Which pictures.
struct ImageOptions: ParsableArguments {
  @Option(help: "A folder (class folders inside become labels), a .csv with a header, or a .txt of paths.")
  var images: String?

  @Option(help: "Where the paths of a .csv or .txt start; the file's own folder by default.")
  var imageRoot: String?

  func load() throws -> DataSet {
    guard let images else { throw CommandError.arguments("--images is missing: a folder, a .csv or a .txt") }
    switch URL(fileURLWithPath: images).pathExtension.lowercased() {
    case "csv": return try .csv(images, imageRoot: imageRoot)
    case "txt": return try .list(images, imageRoot: imageRoot)
    default:
      guard imageRoot == nil else {
        throw CommandError.arguments("--image-root goes with a .csv or a .txt, not with a folder")
      }
      return try .folder(images)
    }
  }
}
