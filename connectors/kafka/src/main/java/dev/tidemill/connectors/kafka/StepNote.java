package dev.tidemill.connectors.kafka;

import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.files.TableDirectory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the database itself knows of a writer's steps. The broker knows the last one exactly, but
 * forgets it where the writer rests longer than {@code offsets.retention.minutes}; the note tells
 * that there was one, and after an orderly end which.
 *
 * <pre>
 *   1 open 7       steps up to 7 at least were committed; a process may have committed more
 *   1 closed 42    the last step is 42
 * </pre>
 */
final class StepNote {
  private static final String VERSION = "1";
  private static final String OPEN = "open";
  private static final String CLOSED = "closed";

  private final FileSystem fileSystem;
  private final @Nullable String path;
  private boolean isOpen;

  /**
   * @param directory where it is kept, or null where nothing is
   */
  StepNote(FileSystem fileSystem, @Nullable String directory, String writer) {
    this.fileSystem = fileSystem;
    this.path = directory == null ? null : directory + "/writer-" + TableDirectory.encoded(writer);
  }

  /**
   * The last step of a writer.
   *
   * @param known what the broker knows, or -1
   * @throws dev.tidemill.foundation.error.TidemillException STEP_FORGOTTEN where nobody knows it
   */
  long check(String group, long known) {
    isOpen = false;
    if (path == null || fileSystem.stat(path) == null) {
      return known;
    }
    String text = new String(fileSystem.read(path), StandardCharsets.UTF_8).strip();
    List<String> parts = List.of(text.split(" ", -1));
    if (parts.size() != 3 || !parts.get(0).equals(VERSION) || !parts.get(2).matches("\\d{1,18}")) {
      throw KafkaErrors.badMetadata(path);
    }
    long noted = Long.parseLong(parts.get(2));
    if (known < noted && parts.get(1).equals(OPEN)) {
      throw KafkaErrors.stepForgotten(group, noted);
    }
    return Math.max(known, noted);
  }

  /** A step was committed; the first one is noted. */
  void committed(long step) {
    if (!isOpen) {
      isOpen = true;
      put(OPEN, step);
    }
  }

  /** The writer ends in order; nothing is committed behind {@code step}. */
  void closed(long step) {
    isOpen = false;
    if (step >= 0) {
      put(CLOSED, step);
    }
  }

  private void put(String state, long step) {
    if (path != null) {
      String text = VERSION + " " + state + " " + step + "\n";
      fileSystem.put(path, text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
