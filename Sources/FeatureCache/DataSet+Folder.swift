import Tensors

extension DataSet {
  /// The pictures of a folder, as torchvision's `ImageFolder` takes them: each subfolder is a class, its
  /// pictures may lie at any depth, classes are sorted by name. Above the classes `train`, `validation` or
  /// `val`, and `test` may stand; they become the split. A folder without subfolders holds pictures without
  /// labels.
  ///
  /// Keys are paths relative to the folder, sorted by their UTF-8 bytes. Pictures are the regular files whose
  /// names end as picture files do; symbolic links are followed, also to folders, but never in a circle;
  /// folders whose names start with a dot are left out. Labels are indices into the class names sorted by
  /// UTF-8 bytes.
  ///
  /// - Throws: `.io` where a folder cannot be listed; `.invalidDataSet` where a class has no picture in any
  ///   split, there is no picture at all, a name is not UTF-8, or split folders stand beside others.
  public static func folder(_ path: String) throws(FeatureCacheError) -> DataSet {
    try folder(path, operations: POSIXFiles())
  }

  package static func folder(
    _ path: String, operations: any FileOperations
  ) throws(FeatureCacheError) -> DataSet {
    var scan = FolderScan(path, Files(operations: operations))
    try scan.run()
    return try scan.dataSet()
  }
}

/// One walk over the folders of a data set.
private struct FolderScan {
  /// torchvision's `IMG_EXTENSIONS`, and the other formats that are decoded.
  private static let suffixes = [
    ".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp", ".gif", ".avif", ".heic",
    ".heif",
    ".jp2",
  ]
  private static let depthLimit = 64

  private let root: String
  private let files: Files
  private var found: [(key: String, className: String?, split: Split?)] = []
  private var classNames: Set<[UInt8]> = []

  init(_ root: String, _ files: Files) {
    self.root = root
    self.files = files
  }

  mutating func run() throws(FeatureCacheError) {
    let status = try files.status(root)
    guard status.kind == .folder else { throw FeatureCacheError(.invalidDataSet, "\(root) is not a folder") }
    let top = try list("")
    let splits = top.folders.filter { Split(folder: $0) != nil }
    if splits.isEmpty || (splits.count < top.folders.count && splits.count == 1) {
      try scanClasses("", nil, top, [status])
      return
    }
    guard splits.count == top.folders.count else {
      let others = top.folders.filter { Split(folder: $0) == nil }.joined(separator: ", ")
      throw FeatureCacheError(
        .invalidDataSet,
        "\(root) holds the splits \(splits.joined(separator: ", ")) and beside them \(others)")
    }
    for folder in splits {
      let ancestors = [status, try files.status(Path.join(root, folder))]
      try scanClasses(folder + "/", Split(folder: folder), try list(folder), ancestors)
    }
  }

  func dataSet() throws(FeatureCacheError) -> DataSet {
    let classes = classNames.sorted { $0.lexicographicallyPrecedes($1) }
    var labels: [[UInt8]: Int] = [:]
    for (label, name) in classes.enumerated() { labels[name] = label }
    let used = Set(found.compactMap { $0.className.map { Array($0.utf8) } })
    if let empty = classes.first(where: { !used.contains($0) }) {
      throw FeatureCacheError(
        .invalidDataSet, "class folder \(String(decoding: empty, as: UTF8.self)) of \(root) holds no picture")
    }
    guard !found.isEmpty else { throw FeatureCacheError(.invalidDataSet, "\(root) holds no picture") }
    let samples = found.map { item in
      Sample(
        key: item.key, label: item.className.flatMap { labels[Array($0.utf8)] }, split: item.split,
        path: Path.join(root, item.key))
    }
    return try DataSet(
      samples: samples.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) },
      classes: classes.map { String(decoding: $0, as: UTF8.self) }, folder: root)
  }

  /// A folder whose subfolders are classes; without subfolders, one of pictures without labels.
  private mutating func scanClasses(
    _ prefix: String, _ split: Split?, _ content: Content, _ ancestors: [FileStatus]
  ) throws(FeatureCacheError) {
    if content.folders.isEmpty {
      for picture in content.pictures { found.append((prefix + picture, nil, split)) }
    }
    for name in content.folders {
      classNames.insert(Array(name.utf8))
      try scanPictures(prefix + name, name, split, ancestors)
    }
  }

  /// All pictures below a class folder.
  private mutating func scanPictures(
    _ key: String, _ className: String, _ split: Split?, _ ancestors: [FileStatus]
  ) throws(FeatureCacheError) {
    let status = try files.status(Path.join(root, key))
    // A link to a folder that we are inside of is a circle.
    guard !ancestors.contains(status) else { return }
    guard ancestors.count < Self.depthLimit else {
      throw FeatureCacheError(.invalidDataSet, "\(Path.join(root, key)) lies more than 64 folders deep")
    }
    let content = try list(key)
    for picture in content.pictures { found.append(("\(key)/\(picture)", className, split)) }
    for folder in content.folders {
      try scanPictures("\(key)/\(folder)", className, split, ancestors + [status])
    }
  }

  private typealias Content = (folders: [String], pictures: [String])

  /// The subfolders and pictures of a folder, each sorted by bytes.
  private func list(_ key: String) throws(FeatureCacheError) -> Content {
    let path = key.isEmpty ? root : Path.join(root, key)
    var content: Content = ([], [])
    let names = try files.listBytes(path)
    for bytes in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw FeatureCacheError(
          .invalidDataSet, "\(path) holds a name that is not UTF-8: \(String(decoding: bytes, as: UTF8.self))"
        )
      }
      // A link that leads nowhere is neither.
      guard let status = try? files.status(Path.join(path, name)) else { continue }
      if status.kind == .folder, !name.hasPrefix(".") { content.folders.append(name) }
      let lowercase = name.lowercased()
      if status.kind == .regular, Self.suffixes.contains(where: { lowercase.hasSuffix($0) }) {
        content.pictures.append(name)
      }
    }
    return content
  }
}

extension Split {
  /// The split that a folder of this name, or this word in a table, stands for.
  init?(folder name: String) {
    switch name {
    case "train": self = .train
    case "validation", "val": self = .validation
    case "test": self = .test
    default: return nil
    }
  }
}
