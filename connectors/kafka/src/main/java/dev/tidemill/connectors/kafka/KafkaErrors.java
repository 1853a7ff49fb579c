package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.files.RejectedRow;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What can go wrong with tables over topics. */
final class KafkaErrors {
  private static final ErrorCode INVALID = ErrorCode.user("INVALID_OPTION", "22023");
  private static final ErrorCode DEFINITION = ErrorCode.user("KAFKA_DEFINITION", "42P16");
  private static final ErrorCode UNSUPPORTED = ErrorCode.user("UNSUPPORTED_KAFKA", "0A000");
  private static final ErrorCode MALFORMED = ErrorCode.user("MALFORMED_ROW", "22P04");
  private static final ErrorCode NO_TOPIC = ErrorCode.external("TOPIC_NOT_FOUND");
  private static final ErrorCode UNREACHABLE = ErrorCode.external("KAFKA_UNREACHABLE");
  private static final ErrorCode REFUSED = ErrorCode.external("KAFKA_REFUSED");
  private static final ErrorCode FAILED = ErrorCode.external("KAFKA_FAILED");
  private static final ErrorCode GONE = ErrorCode.external("RECORDS_GONE");
  private static final ErrorCode REPLACED = ErrorCode.external("TABLE_REPLACED");
  private static final ErrorCode TRANSACTION_TIMED_OUT =
      ErrorCode.external("TRANSACTION_TIMED_OUT");
  private static final ErrorCode FENCED = ErrorCode.external("SINK_FENCED");
  private static final ErrorCode STEP_FORGOTTEN = ErrorCode.external("STEP_FORGOTTEN");
  private static final ErrorCode BAD_OFFSET = ErrorCode.external("OFFSET_UNKNOWN");
  private static final ErrorCode NOT_A_SINK = ErrorCode.user("TABLE_READ_ONLY", "25006");

  private KafkaErrors() {}

  static TidemillException unreachable(String servers, long timeoutMillis, Throwable cause) {
    return new TidemillException(
        UNREACHABLE,
        "no broker of %s answered within %d ms. Check 'bootstrap_servers' and that the broker runs; 'timeout_millis' waits longer"
            .formatted(servers, timeoutMillis),
        null,
        cause);
  }

  static TidemillException noTopic(String topic, String servers) {
    return new TidemillException(
        NO_TOPIC,
        "there is no topic %s on %s. Create it, or check 'topic'".formatted(topic, servers));
  }

  /** Whatever the client says of the brokers. */
  static TidemillException failed(KafkaOptions options, Throwable cause) {
    return switch (cause) {
      case TidemillException e -> e;
      case UnknownTopicOrPartitionException e -> noTopic(options.topic(), options.servers());
      case TimeoutException e -> unreachable(options.servers(), options.timeoutMillis(), e);
      case AuthenticationException e -> refused(options, e);
      case AuthorizationException e -> refused(options, e);
      default ->
          new TidemillException(
              FAILED,
              "topic %s on %s: %s".formatted(options.topic(), options.servers(), text(cause)),
              null,
              cause);
    };
  }

  private static TidemillException refused(KafkaOptions options, Throwable cause) {
    return new TidemillException(
        REFUSED,
        "%s refused access to topic %s: %s. Credentials and rights are given as client properties, 'properties.…'"
            .formatted(options.servers(), options.topic(), text(cause)),
        null,
        cause);
  }

  private static String text(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** Client properties that no client can be made of. */
  static TidemillException badProperties(Throwable cause) {
    Throwable reason = cause.getCause() == null ? cause : cause.getCause();
    return new TidemillException(
        INVALID,
        "no Kafka client can be made of 'bootstrap_servers' and the options 'properties.…': "
            + text(reason),
        null,
        cause);
  }

  static TidemillException ownProperty(String name, String instead) {
    return new TidemillException(
        INVALID, "option 'properties.%s' cannot be given: %s".formatted(name, instead));
  }

  static TidemillException unknownFormat(String format, String known) {
    return new TidemillException(
        INVALID, "option 'format' must be one of %s but is '%s'".formatted(known, format));
  }

  static TidemillException badStart(String text) {
    return new TidemillException(
        INVALID,
        ("option 'start' must be earliest, latest, a TIMESTAMP such as 2026-01-31 12:00:00 (UTC) or offsets per partition"
                + " such as 0:42,1:7 but is '%s'")
            .formatted(text));
  }

  static TidemillException startOfUnknownPartition(int partition, String topic, int partitions) {
    return new TidemillException(
        INVALID,
        "option 'start' has an offset for partition %d, but topic %s has %d partitions, from 0"
            .formatted(partition, topic, partitions));
  }

  static TidemillException metadataColumn(String option, String column, String problem) {
    return new TidemillException(
        DEFINITION, "option '%s' names column %s, %s".formatted(option, column, problem));
  }

  static TidemillException noValueColumns(String table) {
    return new TidemillException(
        DEFINITION, "table %s has no column that records' values give".formatted(table));
  }

  static TidemillException unknownKeyColumn(String table, String column) {
    return new TidemillException(
        DEFINITION,
        "the PRIMARY KEY of table %s has %s, which is none of the columns that records' values give"
            .formatted(table, column));
  }

  static TidemillException enforcedKey(String table) {
    return new TidemillException(
        UNSUPPORTED,
        "table %s: the key of a topic that is no changelog cannot be enforced; say PRIMARY KEY (…) NOT ENFORCED, which a sink upserts by"
            .formatted(table));
  }

  static TidemillException malformed(RejectedRow row) {
    String place = row.column().isEmpty() ? "" : ", column " + row.column();
    return new TidemillException(
        MALFORMED,
        "topic partition %s, offset %d%s: %s. Leave such records out with 'on_error'='skip'"
            .formatted(row.source(), row.position(), place, row.problem()));
  }

  static TidemillException recordsRemoved(String partition, long wanted, long first) {
    return new TidemillException(
        GONE,
        ("the records of topic partition %s from offset %d on are still needed, but the topic now begins at %d: its retention"
                + " removed them. Drop and create the query to begin with what is there, and keep records longer (retention.ms)")
            .formatted(partition, wanted, first));
  }

  static TidemillException recordsCompacted(
      String partition, long from, long to, long had, long has) {
    return new TidemillException(
        GONE,
        ("topic partition %s had %d records from offset %d to %d when they were taken and now has %d: compaction removed the"
                + " others. Drop and create the query to begin with what is there, and compact later (min.compaction.lag.ms)")
            .formatted(partition, had, from, to, has));
  }

  static TidemillException shrunk(String partition, long wanted, long end) {
    return new TidemillException(
        GONE,
        "topic partition %s was read up to offset %d and now ends at %d: it has lost records. Drop and create the query"
            .formatted(partition, wanted, end));
  }

  static TidemillException replaced(String topic) {
    return new TidemillException(
        REPLACED,
        "topic %s was deleted and created anew since it was read. Drop and create the query"
            .formatted(topic));
  }

  static TidemillException badOffset(String text) {
    return new TidemillException(BAD_OFFSET, "not an offset of a table over a topic: " + text);
  }

  static TidemillException badMetadata(String path) {
    return new TidemillException(BAD_OFFSET, path + " cannot be read: it is damaged");
  }

  static TidemillException notASink(String table, String why) {
    return new TidemillException(
        NOT_A_SINK, "table %s cannot be written to: %s".formatted(table, why));
  }

  static TidemillException fenced(String topic, String writer) {
    return new TidemillException(
        FENCED,
        "another process writes topic %s as %s; this one has stopped writing"
            .formatted(topic, writer));
  }

  static TidemillException transactionTimedOut(String topic, long millis) {
    return new TidemillException(
        TRANSACTION_TIMED_OUT,
        ("writing a step to topic %s took longer than transaction_timeout_millis (%d), and the broker has ended its transaction:"
                + " nothing of it is seen, and it is written again. Raise transaction_timeout_millis (the broker's"
                + " transaction.max.timeout.ms allows so much), or make steps smaller (max_rows_per_step)")
            .formatted(topic, millis));
  }

  static TidemillException stepForgotten(String group, long step) {
    return new TidemillException(
        STEP_FORGOTTEN,
        ("the broker no longer knows what was written last: consumer group %s, which keeps the step (at least %d), is gone."
                + " offsets.retention.minutes of the broker must be longer than a query rests; drop and create the query")
            .formatted(group, step));
  }

  static TidemillException badSchema(String problem) {
    return new TidemillException(
        INVALID, "option 'avro_schema' must be an Avro record schema: " + problem);
  }

  static TidemillException schemaMismatch(String column, String problem) {
    return new TidemillException(
        DEFINITION, "column %s does not fit 'avro_schema': %s".formatted(column, problem));
  }

  static TidemillException missingSchema() {
    return new TidemillException(
        INVALID, "format 'avro' needs 'avro_schema', the JSON text of a record schema");
  }

  static TidemillException unsupportedAvro(String column, String type) {
    return new TidemillException(
        UNSUPPORTED, "column %s: Avro's %s is not supported".formatted(column, type));
  }

  static TidemillException unsupportedValue(String column, String problem) {
    return new TidemillException(
        UNSUPPORTED, "column %s cannot be written: %s".formatted(column, problem));
  }
}
