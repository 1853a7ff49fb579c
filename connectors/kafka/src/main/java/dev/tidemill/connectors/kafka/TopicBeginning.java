package dev.tidemill.connectors.kafka;

import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.table.Offset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a table's rows begin: what {@code 'start'} said when the table was created, kept over
 * restarts where there is a database directory. When retention has removed records behind it, it
 * moves to what is there; it then has another number, by which the counts of offsets are told
 * apart. Any thread.
 */
final class TopicBeginning {
  private static final String FILE = "beginning";
  private static final String VERSION = "1";

  private final FileSystem fileSystem;
  private final @Nullable String path;
  private final String start;
  private final StartOption option;
  private @Nullable KafkaOffset known;

  /**
   * @param directory where it is kept, or null
   * @param start the option as it was given
   */
  TopicBeginning(FileSystem fileSystem, @Nullable String directory, String start) {
    this.fileSystem = fileSystem;
    this.path = directory == null ? null : directory + "/" + FILE;
    this.start = start;
    this.option = StartOption.parse(start);
  }

  String start() {
    return start;
  }

  /** The offset before the first row, of the records that there are. */
  synchronized KafkaOffset current(TopicClient client) {
    TopicClient.Topic topic = client.topic();
    KafkaOffset before = known == null ? read() : known;
    if (before == null) {
      before = keep(topic.id(), 0, option.resolve(client, topic.partitions()));
    } else if (!before.topicId().equals(topic.id())) {
      long[] all = new StartOption.Earliest().resolve(client, topic.partitions());
      before = keep(topic.id(), before.beginning() + 1, all);
    } else {
      long[] first = client.starts(topic.partitions());
      boolean removed = false;
      for (int i = 0; i < first.length; i++) {
        removed |= first[i] > before.position(i);
        first[i] = Math.max(first[i], before.position(i));
      }
      if (removed) {
        before = keep(topic.id(), before.beginning() + 1, first);
      }
    }
    known = before;
    return before;
  }

  private @Nullable KafkaOffset read() {
    if (path == null || fileSystem.stat(path) == null) {
      return null;
    }
    List<String> lines = new String(fileSystem.read(path), StandardCharsets.UTF_8).lines().toList();
    if (lines.size() != 3 || !lines.getFirst().equals(VERSION)) {
      throw KafkaErrors.badMetadata(path);
    }
    return lines.get(1).equals(start) ? KafkaOffset.parse(new Offset(lines.get(2))) : null;
  }

  private KafkaOffset keep(String topicId, long number, long[] positions) {
    KafkaOffset now =
        new KafkaOffset(
            topicId,
            number,
            Arrays.copyOf(positions, positions.length),
            new long[positions.length]);
    if (path != null) {
      String text = VERSION + "\n" + start + "\n" + now.toOffset().text() + "\n";
      fileSystem.put(path, text.getBytes(StandardCharsets.UTF_8));
    }
    return now;
  }
}
