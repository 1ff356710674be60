/// A `data:` address for an encoded picture; nil for bytes that no browser shows, so that nothing else than a
/// picture is ever embedded.
package func pictureLink(_ bytes: [UInt8]) -> String? {
  let types: [(type: String, start: [UInt8])] = [
    ("image/jpeg", [0xFF, 0xD8, 0xFF]), ("image/png", [0x89, 0x50, 0x4E, 0x47]),
    ("image/gif", [0x47, 0x49, 0x46, 0x38]),
  ]
  let isWebP = bytes.starts(with: Array("RIFF".utf8)) && bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
  guard let type = types.first(where: { bytes.starts(with: $0.start) })?.type ?? (isWebP ? "image/webp" : nil)
  else { return nil }
  return "data:\(type);base64,\(base64(bytes))"
}
