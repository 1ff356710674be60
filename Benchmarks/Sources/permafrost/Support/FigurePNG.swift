internal import CDrawing
import Foundation

/// Figures as PNG, drawn by libvips where it was built with librsvg.
package enum FigurePNG {
  /// Pixels for each of a drawing's own, so that it is sharp on paper and in slides.
  package static let scale = 2.0

  package static var isPossible: Bool { drawing_is_possible() != 0 }

  /// - Parameter svg: a document that says how large it is.
  static func draw(_ svg: String) throws -> Data {
    var png: UnsafeMutablePointer<UInt8>?
    var count = 0
    var reason = [CChar](repeating: 0, count: Int(DRAWING_REASON))
    var text = svg
    let status = text.withUTF8 { svg in
      unsafe svg.withMemoryRebound(to: CChar.self) { svg in
        unsafe drawing_png(svg.baseAddress, svg.count, scale, &png, &count, &reason)
      }
    }
    guard status == 0, let png = unsafe png else {
      let bytes = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw CommandError.failed("a figure cannot be drawn: \(String(decoding: bytes, as: UTF8.self))")
    }
    defer { unsafe drawing_free(png) }
    return unsafe Data(bytes: png, count: count)
  }
}
