package dev.tidemill.storage.file;

/**
 * What is known of a file without opening it.
 *
 * @param modifiedNanos time of the last modification, nanoseconds since 1970 (as precise as the
 *     file system keeps it)
 */
public record FileStatus(String path, long size, long modifiedNanos, boolean directory) {
  /** The last part of the path. */
  public String name() {
    return FileSystem.name(path);
  }
}
