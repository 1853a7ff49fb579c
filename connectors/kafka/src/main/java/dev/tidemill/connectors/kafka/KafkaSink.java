package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.ColumnNames;
import dev.tidemill.storage.files.FileFormats;
import dev.tidemill.storage.files.RowEncoder;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a topic step by step. A step is one transaction, in which its number is committed as an
 * offset of a consumer group of the writer's own: both are there, or neither.
 *
 * <pre>
 *   open     initTransactions   ends what an earlier producer of the writer left, which is fenced
 *            group's offset     the last step
 *   begin    beginTransaction
 *   write    records            with the key's columns as a JSON object for key; no value for a row that goes
 *   commit   group's offset, commitTransaction
 * </pre>
 *
 * <p>After an error of the brokers, where it may not be known whether a step was committed, the
 * producer is given up; the next use opens another, asks again, and so knows.
 */
final class KafkaSink implements TableSink {
  private final KafkaTableOptions options;
  private final TopicClient client;
  private final String writer;
  private final String identity;
  private final boolean keepsSteps;
  private final StepNote note;

  private final RowEncoder values;
  private final int[] valuePlaces;
  private final @Nullable RowEncoder keys;
  private final int[] keyPlaces;
  private final int timestampPlace;

  private @Nullable KafkaProducer<byte[], byte[]> producer;
  private long lastStep = -1;

  /** When the transaction at hand began, if there is one. */
  private long begunNanos;

  private boolean isWriting;

  KafkaSink(KafkaTableOptions options, TopicColumns columns, TopicClient client, String writer) {
    this.options = options;
    this.client = client;
    this.writer = writer;
    this.keepsSteps = !writer.equals(INSERT);
    this.identity =
        options.transactionPrefix() + "." + writer + (keepsSteps ? "" : "." + UUID.randomUUID());
    this.note = new StepNote(options.fileSystem(), options.directory(), writer);
    for (MetadataColumn column : columns.metadata().keySet()) {
      if (column != MetadataColumn.TIMESTAMP) {
        throw KafkaErrors.notASink(
            options.name(), "its '%s' is what brokers say of records".formatted(column.option()));
      }
    }
    List<String> names = ColumnNames.names(columns.schema());
    this.values = options.format().encoder(columns.values());
    this.valuePlaces =
        ColumnNames.names(columns.values()).stream().mapToInt(names::indexOf).toArray();
    this.keyPlaces = columns.key().stream().mapToInt(names::indexOf).toArray();
    List<Field> keyFields = new ArrayList<>();
    for (int place : keyPlaces) {
      keyFields.add(columns.schema().getFields().get(place));
    }
    this.keys =
        keyFields.isEmpty() ? null : FileFormats.named("json").encoder(new Schema(keyFields));
    this.timestampPlace = columns.metadata().getOrDefault(MetadataColumn.TIMESTAMP, -1);
    open();
  }

  private KafkaProducer<byte[], byte[]> open() {
    KafkaProducer<byte[], byte[]> open = producer;
    if (open != null) {
      return open;
    }
    isWriting = false;
    client.topic();
    try {
      open =
          new KafkaProducer<>(
              options.connection().producer(identity, options.transactionMillis()),
              new ByteArraySerializer(),
              new ByteArraySerializer());
    } catch (KafkaException e) {
      throw KafkaErrors.badProperties(e);
    }
    try {
      open.initTransactions();
      if (keepsSteps) {
        OffsetAndMetadata committed = client.committed(identity);
        lastStep = note.check(identity, committed == null ? -1 : committed.offset());
      }
    } catch (KafkaException e) {
      open.close(Duration.ZERO);
      throw failure(e);
    } catch (RuntimeException e) {
      open.close(Duration.ZERO);
      throw e;
    }
    producer = open;
    return open;
  }

  private RuntimeException failure(KafkaException e) {
    if (!(e instanceof ProducerFencedException || e instanceof InvalidProducerEpochException)) {
      return KafkaErrors.failed(options.connection(), e);
    }
    // Brokers fence the producer of a transaction that lasts too long, too.
    String topic = options.connection().topic();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
    return isWriting && millis >= options.transactionMillis()
        ? KafkaErrors.transactionTimedOut(topic, options.transactionMillis())
        : KafkaErrors.fenced(topic, writer);
  }

  /** Gives the producer up after an error. */
  private RuntimeException givenUp(KafkaException e) {
    KafkaProducer<byte[], byte[]> open = producer;
    producer = null;
    if (open != null) {
      open.close(Duration.ZERO);
    }
    return failure(e);
  }

  @Override
  public long lastStep() {
    open();
    return lastStep;
  }

  @Override
  public StepWriter begin(long step, SinkMode mode, MemoryScope scope) {
    KafkaProducer<byte[], byte[]> open = open();
    if (step <= lastStep) {
      throw new IllegalArgumentException("step " + step + " after step " + lastStep);
    }
    isWriting = false;
    try {
      open.beginTransaction();
    } catch (KafkaException e) {
      throw givenUp(e);
    }
    begunNanos = System.nanoTime();
    isWriting = true;
    return new Transaction(open, step);
  }

  /** A topic does not end: there is no mark that other readers would know. */
  @Override
  public void end() {}

  @Override
  public void close() {
    KafkaProducer<byte[], byte[]> open = producer;
    producer = null;
    if (open != null) {
      if (keepsSteps) {
        note.closed(lastStep);
      }
      open.close(Duration.ofMillis(options.connection().timeoutMillis()));
    }
  }

  /** The rows of one step. */
  private final class Transaction implements StepWriter {
    private final KafkaProducer<byte[], byte[]> open;
    private final long step;
    private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
    private boolean ended;

    Transaction(KafkaProducer<byte[], byte[]> open, long step) {
      this.open = open;
      this.step = step;
    }

    @Override
    public void write(Batch rows, RowOperation operation) {
      try (Batch inValues = part(rows, valuePlaces);
          Batch inKeys = part(rows, keyPlaces)) {
        for (int i = 0; i < rows.rowCount(); i++) {
          int row = rows.row(i);
          byte[] key = keys == null ? null : keys.encode(inKeys, row);
          byte[] value = operation == RowOperation.DELETE ? null : values.encode(inValues, row);
          open.send(
              new ProducerRecord<>(
                  options.connection().topic(), null, timestamp(rows, row), key, value),
              (sent, e) -> {
                if (e != null) {
                  failed.compareAndSet(null, e);
                }
              });
        }
      } catch (KafkaException e) {
        ended = true;
        throw givenUp(e);
      }
      check();
    }

    private static Batch part(Batch rows, int[] places) {
      List<Column> columns = new ArrayList<>();
      for (int place : places) {
        columns.add(rows.column(place).retain());
      }
      return rows.withColumns(columns);
    }

    private @Nullable Long timestamp(Batch rows, int row) {
      if (timestampPlace < 0 || rows.column(timestampPlace).isNull(row)) {
        return null;
      }
      Column column = rows.column(timestampPlace);
      Type type = column.type();
      Object value = column.value(row);
      return value == null ? null : MetadataColumn.millis(type, value);
    }

    private void check() {
      Exception e = failed.get();
      if (e != null) {
        ended = true;
        throw givenUp(e instanceof KafkaException known ? known : new KafkaException(e));
      }
    }

    @Override
    public void commit() {
      try {
        if (keepsSteps) {
          open.sendOffsetsToTransaction(
              Map.of(client.partition(0), new OffsetAndMetadata(step, "step " + step)), group());
        }
        try {
          open.commitTransaction();
        } catch (TimeoutException e) {
          // The same call goes on waiting for the same commit.
          open.commitTransaction();
        }
      } catch (KafkaException e) {
        ended = true;
        Exception first = failed.get();
        throw givenUp(first instanceof KafkaException known ? known : e);
      }
      ended = true;
      lastStep = step;
      if (keepsSteps) {
        note.committed(step);
      }
    }

    /** A group without members, which the client has no other way to name. */
    @SuppressWarnings("removal")
    private ConsumerGroupMetadata group() {
      return new ConsumerGroupMetadata(identity, -1, "", Optional.empty());
    }

    @Override
    public void close() {
      if (ended) {
        return;
      }
      ended = true;
      try {
        open.abortTransaction();
      } catch (KafkaException e) {
        // What the transaction wrote is never seen; the next producer ends it.
        givenUp(e);
      }
    }
  }
}
