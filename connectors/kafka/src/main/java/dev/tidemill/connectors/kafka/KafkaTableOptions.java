package dev.tidemill.connectors.kafka;

import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.files.RecordFormat;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.SinkMode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a topic is a table.
 *
 * @param name the table's, for messages
 * @param format how rows stand in records' values
 * @param sinkModes what it can be written as
 * @param transactionPrefix what transactional ids and consumer groups of sinks begin with
 * @param transactionMillis how long the brokers wait for a transaction to end
 * @param fileSystem what the database directory is on
 * @param directory where the database keeps what it knows of the table, or null
 */
record KafkaTableOptions(
    String name,
    KafkaOptions connection,
    RecordFormat format,
    InputKind kind,
    Set<SinkMode> sinkModes,
    String transactionPrefix,
    long transactionMillis,
    FileSystem fileSystem,
    @Nullable String directory) {
  KafkaTableOptions {
    sinkModes = Set.copyOf(sinkModes);
  }
}
