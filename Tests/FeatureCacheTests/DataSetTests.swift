import FeatureCache
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct DataSetTests {
  let scratch = Scratch()

  private func rows(_ dataSet: DataSet) -> [String] {
    dataSet.samples.map { sample in
      let label = sample.label.map { dataSet.classes[$0] } ?? "-"
      return "\(sample.key) \(label) \(sample.split?.rawValue ?? "-")"
    }
  }

  private func message(_ read: () throws(FeatureCacheError) -> DataSet) -> String {
    do throws(FeatureCacheError) {
      _ = try read()
      return "no error"
    } catch {
      return error.message
    }
  }

  // MARK: Folders

  @Test func subfoldersAreClasses() throws {
    for name in [
      "b/2.JPG", "b/sub/1.png", "a/x.jpeg", "a/notes.txt", "Z/q.webp", "loose.jpg", ".hidden/1.jpg",
    ] {
      scratch.write("x", to: name)
    }
    let dataSet = try DataSet.folder(scratch.path)
    #expect(dataSet.classes == ["Z", "a", "b"])
    #expect(rows(dataSet) == ["Z/q.webp Z -", "a/x.jpeg a -", "b/2.JPG b -", "b/sub/1.png b -"])
    #expect(dataSet.samples.map(\.path) == dataSet.samples.map { "\(scratch.path)/\($0.key)" })
  }

  @Test(arguments: ["val", "validation"])
  func splitFoldersStandAboveClasses(_ validation: String) throws {
    for name in ["test/a/1.jpg", "train/a/1.jpg", "train/b/1.jpg", "\(validation)/b/1.jpg", "LICENSE.txt"] {
      scratch.write("x", to: name)
    }
    let dataSet = try DataSet.folder(scratch.path)
    #expect(dataSet.classes == ["a", "b"])
    #expect(
      rows(dataSet) == [
        "test/a/1.jpg a test", "train/a/1.jpg a train", "train/b/1.jpg b train",
        "\(validation)/b/1.jpg b validation",
      ])
  }

  @Test func splitFolderWithoutClassesHasNoLabels() throws {
    for name in ["test/1.jpg", "train/a/1.jpg", "train/b/1.jpg"] { scratch.write("x", to: name) }
    #expect(
      rows(try DataSet.folder(scratch.path)) == [
        "test/1.jpg - test", "train/a/1.jpg a train", "train/b/1.jpg b train",
      ])
  }

  @Test func flatFolderHasNoLabels() throws {
    for name in ["b.jpg", "a.gif", "c.md"] { scratch.write("x", to: name) }
    let dataSet = try DataSet.folder(scratch.path)
    #expect(rows(dataSet) == ["a.gif - -", "b.jpg - -"])
    #expect(dataSet.classes.isEmpty)
  }

  @Test func keysAreSortedByBytes() throws {
    for name in ["é.jpg", "z.jpg", "Z.jpg", "a-b.jpg", "a/1.jpg"] { scratch.write("x", to: "c/\(name)") }
    #expect(
      try DataSet.folder(scratch.path).samples.map(\.key)
        == ["c/Z.jpg", "c/a-b.jpg", "c/a/1.jpg", "c/z.jpg", "c/é.jpg"])
  }

  @Test func namesThatOnlyLookEqualAreTwo() throws {
    scratch.write("x", to: "c/\u{e9}.jpg")
    scratch.write("x", to: "c/e\u{301}.jpg")
    #expect(try DataSet.folder(scratch.path).samples.count == 2)
  }

  @Test func foldersThatAreNoDataSet() throws {
    #expect(
      message { () throws(FeatureCacheError) in try .folder(scratch["none"]) }.contains("none: No such file"))
    #expect(
      message { () throws(FeatureCacheError) in try .folder(scratch.path) }.contains("holds no picture"))
    scratch.write("x", to: "a/1.jpg")
    scratch.write("x", to: "b/1.txt")
    #expect(
      message { () throws(FeatureCacheError) in try .folder(scratch.path) }.contains("class folder b of"))
    #expect(
      message { () throws(FeatureCacheError) in try .folder(scratch["a/1.jpg"]) }.contains("is not a folder"))
    for name in ["split/train/a/1.jpg", "split/test/a/1.jpg", "split/masks/1.jpg"] {
      scratch.write("x", to: name)
    }
    #expect(
      message { () throws(FeatureCacheError) in try .folder(scratch["split"]) }
        .contains("holds the splits test, train and beside them masks"))
  }

  /// Fault 15, among pictures.
  @Test func linksAndPipesDoNotHang() throws {
    scratch.write("x", to: "pictures/a/1.jpg")
    unsafe mkfifo(scratch["pictures/a/pipe.jpg"], 0o644)
    unsafe symlink(scratch["pictures"], scratch["pictures/a/circle"])
    unsafe symlink("..", scratch["pictures/a/up"])
    unsafe symlink("nowhere.jpg", scratch["pictures/a/dangling.jpg"])
    unsafe symlink("1.jpg", scratch["pictures/a/2.jpg"])
    let keys = try DataSet.folder(scratch["pictures"]).samples.map(\.key)
    #expect(keys == ["a/1.jpg", "a/2.jpg"])
  }

  @Test func pipeBehindAListIsAFailure() async throws {
    scratch.write("x", to: "1.jpg")
    unsafe mkfifo(scratch["pipe.jpg"], 0o644)
    scratch.write("1.jpg\npipe.jpg\nmissing.jpg\n", to: "list.txt")
    let report = try await FeatureStore.precompute(
      .list(scratch["list.txt"]), with: FakeExtractor(), into: scratch["cache"])
    #expect(report.rows == 1)
    #expect(report.failures.map(\.failure.code) == [.unreadable, .unreadable])
    #expect(report.failures.first?.reason.contains("pipe.jpg is not a regular file") == true)
    #expect(try FeatureStore(scratch["cache"]).failures == report.failures)
  }

  // MARK: CSV

  @Test func csvWithQuotesAndSplits() throws {
    let text = "\u{feff}path,label,weight,split\r\n\"a, b.jpg\",cat,1,train\r\n\r\nsub/\"\"c.jpg,x,2,val\n"
      .replacing("sub/\"\"c.jpg", with: "\"sub/\"\"c.jpg\"")
    scratch.write(text + "/abs/d.jpg,,3,", to: "t.csv")
    let dataSet = try DataSet.csv(scratch["t.csv"])
    #expect(dataSet.classes == ["cat", "x"])
    #expect(rows(dataSet) == ["a, b.jpg cat train", "sub/\"c.jpg x validation", "/abs/d.jpg - -"])
    #expect(
      dataSet.samples.map(\.path) == [
        "\(scratch.path)/a, b.jpg", "\(scratch.path)/sub/\"c.jpg", "/abs/d.jpg",
      ])
    #expect(try DataSet.csv(scratch["t.csv"], imageRoot: "/root").samples[0].path == "/root/a, b.jpg")
  }

  @Test func integerLabelsSortByNumber() throws {
    scratch.write("path,label\na,10\nb,9\nc,-1\nd,009\n", to: "t.csv")
    let dataSet = try DataSet.csv(scratch["t.csv"])
    #expect(dataSet.classes == ["-1", "9", "10"])
    #expect(dataSet.samples.map(\.label) == [2, 1, 0, 1])
    scratch.write("path,label\na,10\nb,9\nc,x\n", to: "t.csv")
    #expect(try DataSet.csv(scratch["t.csv"]).classes == ["10", "9", "x"])
  }

  @Test func secondColumnMayBeTheSplit() throws {
    scratch.write("path,split\na,test\nb,\n", to: "t.csv")
    #expect(rows(try DataSet.csv(scratch["t.csv"])) == ["a - test", "b - -"])
    scratch.write("path\na\nb\n", to: "t.csv")
    #expect(rows(try DataSet.csv(scratch["t.csv"])) == ["a - -", "b - -"])
  }

  @Test(
    arguments: [
      ("", "has no header line"),
      ("path,label\n", "names no picture"),
      ("path,label\na,1,2\n", "line 2: 3 fields, the header has 2"),
      ("path,label\na,1\n\"b\nc\",1\na,2\n", "line 3: the path is empty or has a line break"),
      ("path,label\na,1\n\n\na,2\n", "line 5: key a occurs twice, first in line 2"),
      ("path,label\n,1\n", "line 2: the path is empty"),
      ("path,label\na,\"1\n2\n", "line 2: a quote is never closed"),
      ("path,label\na,1\"2\n", "line 2: a quote inside a field that is not quoted"),
      ("path,label\na,\"1\"2\n", "line 2: something follows a closing quote"),
      ("path,label,split\na,1,dev\n", "line 2: \"dev\" is no split"),
    ])
  func brokenCSV(_ text: String, _ expected: String) {
    scratch.write(text, to: "t.csv")
    let message = message { () throws(FeatureCacheError) in try .csv(scratch["t.csv"]) }
    #expect(message.contains(expected) && message.contains("t.csv"), "\(message)")
  }

  @Test func bytesThatAreNotUTF8() {
    scratch.write(Array("path\na\n".utf8) + [0xff, 10], to: "t.csv")
    #expect(
      message { () throws(FeatureCacheError) in try .csv(scratch["t.csv"]) }.hasSuffix(
        "t.csv, line 3: not UTF-8"))
    #expect(
      message { () throws(FeatureCacheError) in try .list(scratch["t.csv"]) }.hasSuffix(
        "t.csv, line 3: not UTF-8"))
  }

  // MARK: Lists

  @Test func listHasAPathALine() throws {
    scratch.write("b.jpg\r\n\r\nsub/a.jpg\n/abs.jpg", to: "t.txt")
    let dataSet = try DataSet.list(scratch["t.txt"])
    #expect(rows(dataSet) == ["b.jpg - -", "sub/a.jpg - -", "/abs.jpg - -"])
    #expect(
      dataSet.samples.map(\.path) == ["\(scratch.path)/b.jpg", "\(scratch.path)/sub/a.jpg", "/abs.jpg"])
    scratch.write("a\nb\na\n", to: "t.txt")
    #expect(
      message { () throws(FeatureCacheError) in try .list(scratch["t.txt"]) }
        .hasSuffix("t.txt, line 3: key a occurs twice, first in line 1"))
  }
}
