package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What a record has beside its value, as a column: named by an option, with a type of its own. */
enum MetadataColumn {
  KEY("key_column", "VARCHAR or VARBINARY: the record's key as it stands there"),
  PARTITION("partition_column", "INTEGER"),
  OFFSET("offset_column", "BIGINT"),
  TIMESTAMP("timestamp_column", "TIMESTAMP(3) or (6), in UTC, or the same WITH LOCAL TIME ZONE"),
  HEADERS("headers_column", "MAP<VARCHAR, VARCHAR>");

  private final String option;
  private final String type;

  MetadataColumn(String option, String type) {
    this.option = option;
    this.type = type;
  }

  String option() {
    return option;
  }

  /** What its type may be. */
  String typeText() {
    return type;
  }

  boolean fits(Type declared) {
    return switch (this) {
      case KEY -> declared.equals(Type.VARCHAR) || declared instanceof Type.Varbinary;
      case PARTITION -> declared instanceof Type.Int number && number.bits() == 32;
      case OFFSET -> declared instanceof Type.Int number && number.bits() == 64;
      case TIMESTAMP ->
          declared instanceof Type.Timestamp at && hasMillis(at.precision())
              || declared instanceof Type.ZonedTimestamp zoned && hasMillis(zoned.precision());
      case HEADERS ->
          declared instanceof Type.MapType map
              && map.key().equals(Type.VARCHAR)
              && map.value().equals(Type.VARCHAR);
    };
  }

  private static boolean hasMillis(int precision) {
    return precision == 3 || precision == 6;
  }

  /** Whether every record has it. */
  boolean isAlwaysThere() {
    return this == PARTITION || this == OFFSET;
  }

  /** Appends what a record has. */
  void append(ConsumerRecord<byte[], byte[]> record, ColumnBuilder builder) {
    switch (this) {
      case KEY -> appendBytes(record.key(), builder);
      case PARTITION -> builder.appendLong(record.partition());
      case OFFSET -> builder.appendLong(record.offset());
      case TIMESTAMP -> {
        if (record.timestamp() < 0) {
          builder.appendNull();
        } else {
          builder.appendLong(record.timestamp() * perMilli(builder.type()));
        }
      }
      case HEADERS -> {
        Map<String, @Nullable String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
          byte[] value = header.value();
          headers.put(
              header.key(), value == null ? null : new String(value, StandardCharsets.UTF_8));
        }
        builder.appendValue(headers);
      }
    }
  }

  /** Units of a time's column in a millisecond. */
  static long perMilli(Type type) {
    return switch (type) {
      case Type.Timestamp at -> TimeUnits.perSecond(at.precision()) / 1000;
      case Type.ZonedTimestamp at -> TimeUnits.perSecond(at.precision()) / 1000;
      default -> throw new IllegalArgumentException("not a time: " + type);
    };
  }

  /** Milliseconds since the epoch of a time, what is less cut off. */
  static long millis(Type type, Object value) {
    return switch (value) {
      case LocalDateTime at -> at.toInstant(ZoneOffset.UTC).toEpochMilli();
      case Instant at -> at.toEpochMilli();
      default -> throw new IllegalArgumentException("not a time: " + type);
    };
  }

  private static void appendBytes(byte @Nullable [] bytes, ColumnBuilder builder) {
    if (bytes == null) {
      builder.appendNull();
    } else if (builder.type() instanceof Type.Varchar) {
      byte[] text = new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
      builder.appendBytes(text, 0, text.length);
    } else {
      builder.appendBytes(bytes, 0, bytes.length);
    }
  }
}
