package dev.tidemill.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory with a copy of some files, gone when it is closed. */
final class WorkingDirectory implements AutoCloseable {
  private final Path path;

  /**
   * @param data whose files are copied, if it is there
   */
  WorkingDirectory(Path data) {
    try {
      path = Files.createTempDirectory("tidemill-script");
      if (Files.isDirectory(data)) {
        for (Path file : files(data)) {
          Path copy = path.resolve(data.relativize(file).toString());
          Files.createDirectories(copy.getParent() == null ? path : copy.getParent());
          Files.copy(file, copy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
