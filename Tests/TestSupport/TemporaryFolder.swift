#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Lends a new, empty folder, and removes it with the files in it afterwards.
package func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = try makeFolder()
  defer { removeFolder(folder) }
  return try body(folder)
}

/// The same for a body that waits.
package func awaitingTemporaryFolder<Result>(
  _ body: (String) async throws -> Result
) async throws -> Result {
  let folder = try makeFolder()
  defer { removeFolder(folder) }
  return try await body(folder)
}

private func makeFolder() throws -> String {
  let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? P_tmpdir
  var template = Array("\(parent)/permafrost-test-XXXXXX".utf8CString)
  guard unsafe mkdtemp(&template) != nil else { throw FolderError(code: errno) }
  return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

package struct FolderError: Error { let code: Int32 }

private func removeFolder(_ folder: String) {
  if let handle = unsafe opendir(folder) {
    while let entry = unsafe readdir(handle) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { name in
        unsafe String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { _ = unsafe unlink("\(folder)/\(name)") }
    }
    unsafe closedir(handle)
  }
  _ = unsafe rmdir(folder)
}
