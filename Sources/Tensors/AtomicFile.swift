#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a whole file so that readers, and a machine that loses power, see the old one or the new one.
package enum AtomicFile {
  /// - Throws: `.io` naming the path; the old file, if there was one, is then untouched.
  package static func write(_ bytes: [UInt8], to path: String) throws(TensorsError) {
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(path).\(suffix).tmp"
    let descriptor = retryingInterrupts {
      unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o644))
    }
    guard descriptor >= 0 else { throw TensorsError(.io, "cannot create \(path): \(systemErrorText())") }
    do throws(TensorsError) {
      do throws(TensorsError) {
        try writeAll(bytes, to: descriptor, path)
      } catch {
        close(descriptor)
        throw error
      }
      guard close(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
        throw TensorsError(.io, "cannot write \(path): \(systemErrorText())")
      }
    } catch {
      _ = unsafe unlink(temporary)
      throw error
    }
    syncFolder(of: path)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(TensorsError) {
    var written = 0
    while written < bytes.count {
      let result = unsafe bytes.withUnsafeBytes { buffer in
        retryingInterrupts {
          // Linux takes at most 0x7ffff000 bytes a call.
          unsafe writeSome(
            descriptor, buffer.baseAddress.map { unsafe $0 + written },
            min(buffer.count - written, 1 << 30))
        }
      }
      guard result > 0 else { throw TensorsError(.io, "cannot write \(path): \(systemErrorText())") }
      written += result
    }
    guard fsync(descriptor) == 0 else {
      throw TensorsError(.io, "cannot write \(path): \(systemErrorText())")
    }
  }

  /// Makes the new name durable. Some file systems refuse to sync a folder; the file itself is safe by then.
  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
