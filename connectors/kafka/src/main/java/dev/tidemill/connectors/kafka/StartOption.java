package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.type.Type;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@code 'start'}: where the table's rows begin in the topic. */
sealed interface StartOption {
  /** All that the topic still has. */
  record Earliest() implements StartOption {}

  /** What comes after the table was created. */
  record Latest() implements StartOption {}

  /** Records with a time of at least {@code millis} since the epoch. */
  record Time(long millis) implements StartOption {}

  /** From these offsets on, by partition; of the others all. */
  record Offsets(Map<Integer, Long> offsets) implements StartOption {
    public Offsets {
      offsets = Map.copyOf(offsets);
    }
  }

  static StartOption parse(String text) {
    String start = text.strip();
    if (start.equalsIgnoreCase("earliest")) {
      return new Earliest();
    }
    if (start.equalsIgnoreCase("latest")) {
      return new Latest();
    }
    if (start.matches("\\d{1,9}\\s*:\\s*\\d{1,18}(\\s*,\\s*\\d{1,9}\\s*:\\s*\\d{1,18})*")) {
      Map<Integer, Long> offsets = new TreeMap<>();
      for (String part : start.split(",", -1)) {
        String[] sides = part.split(":", -1);
        int partition = Integer.parseInt(sides[0].strip());
        if (offsets.put(partition, Long.parseLong(sides[1].strip())) != null) {
          throw KafkaErrors.badStart(text);
        }
      }
      return new Offsets(offsets);
    }
    Object time =
        new ValueParser().parseObject(new Type.Timestamp(3), start.toUpperCase(Locale.ROOT));
    if (time instanceof LocalDateTime at) {
      return new Time(at.toInstant(ZoneOffset.UTC).toEpochMilli());
    }
    throw KafkaErrors.badStart(text);
  }

  /**
   * Per partition the offset it means now. Partitions that come later begin at their first record.
   */
  default long[] resolve(TopicClient client, int partitions) {
    long[] first = client.starts(partitions);
    return switch (this) {
      case Earliest start -> first;
      case Latest start -> client.ends(partitions);
      case Time start -> client.offsetsOf(start.millis(), partitions);
      case Offsets start -> {
        start
            .offsets()
            .forEach(
                (partition, offset) -> {
                  if (partition >= partitions) {
                    throw KafkaErrors.startOfUnknownPartition(
                        partition, client.options().topic(), partitions);
                  }
                  first[partition] = Math.max(first[partition], offset);
                });
        yield first;
      }
    };
  }
}
