package dev.tidemill.foundation.arrow;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Batches as a stream of Arrow IPC: exchanges between processes, snapshots, spilled rows. Any
 * reader of Arrow reads it. Weights are a last column {@value #WEIGHT_FIELD} of a schema whose
 * metadata says {@value #WEIGHTS_KEY}. What is written are the rows that count, without
 * dictionaries, with no bytes but their own. Bodies are not compressed; a reader takes what the
 * stream says.
 */
public final class ArrowIpc {
  /** The name of the column of weights. */
  public static final String WEIGHT_FIELD = "tidemill:weight";

  private static final String WEIGHTS_KEY = "tidemill:weights";

  private ArrowIpc() {}

  /** All batches, of columns of {@code types}, in one stream. */
  public static byte[] write(List<Batch> batches, List<Type> types, MemoryScope scope) {
    List<String> names = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      names.add("c" + i);
    }
    boolean weighted = batches.stream().anyMatch(batch -> batch.weights() != null);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer writer = new Writer(bytes, ArrowBorder.schema(names, types), weighted, scope)) {
      for (Batch batch : batches) {
        writer.write(batch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** All batches of a stream; the caller closes them. */
  public static List<Batch> read(byte[] stream, MemoryScope scope) {
    List<Batch> batches = new ArrayList<>();
    try (Reader reader = new Reader(new ByteArrayInputStream(stream), scope)) {
      for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
        batches.add(batch);
      }
      return batches;
    } catch (IOException e) {
      batches.forEach(Batch::close);
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      batches.forEach(Batch::close);
      throw e;
    }
  }

  /** Writes one stream. One thread. */
  public static final class Writer implements AutoCloseable {
    private final WriteChannel channel;
    private final Schema schema;
    private final boolean weighted;
    private final MemoryScope scope;
    private final BufferAllocator allocator;

    /**
     * Writes the schema.
     *
     * @param out stays the caller's to close
     * @param weighted whether the stream has weights; batches without are written with weight 1
     * @param scope charged with what is copied on the way
     */
    public Writer(OutputStream out, Schema schema, boolean weighted, MemoryScope scope)
        throws IOException {
      this.channel = new WriteChannel(Channels.newChannel(out));
      this.schema = weighted ? withWeights(schema) : schema;
      this.weighted = weighted;
      this.scope = scope;
      MessageSerializer.serialize(channel, this.schema);
      this.allocator = ArrowBorder.newAllocator("ipc writer");
    }

    private static Schema withWeights(Schema schema) {
      List<Field> fields = new ArrayList<>(schema.getFields());
      fields.add(ArrowTypes.field(WEIGHT_FIELD, Type.BIGINT, false));
      return new Schema(fields, Map.of(WEIGHTS_KEY, "true"));
    }

    /** Writes the rows that count of a batch, which stays the caller's. */
    public void write(Batch batch) throws IOException {
      if (!weighted) {
        if (batch.weights() != null) {
          throw new IllegalArgumentException("a delta in a stream without weights");
        }
        writeRecord(batch);
        return;
      }
      List<Column> columns = new ArrayList<>(batch.columnCount() + 1);
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(batch.column(i));
      }
      FixedColumn own = batch.weights();
      try (Column weights =
          own == null ? Columns.constant(Type.BIGINT, 1L, batch.length(), scope) : own.retain()) {
        columns.add(weights);
        columns.forEach(Column::retain);
        try (Batch all = new Batch(batch.length(), columns, batch.selection(), null)) {
          writeRecord(all);
        }
      }
    }

    private void writeRecord(Batch batch) throws IOException {
      try (ArrowRecordBatch record = ArrowExport.record(batch, schema, true, allocator, scope)) {
        MessageSerializer.serialize(channel, record);
      }
    }

    /** Writes the end of the stream. */
    @Override
    public void close() throws IOException {
      try {
        ArrowStreamWriter.writeEndOfStream(channel, IpcOption.DEFAULT);
      } finally {
        allocator.close();
      }
    }
  }

  /** Reads one stream, batch by batch. One thread. */
  public static final class Reader implements AutoCloseable {
    private final BufferAllocator allocator;
    private final ArrowStreamReader reader;
    private final MemoryScope scope;
    private final boolean weighted;
    private final List<Type> types;

    /**
     * Reads the schema.
     *
     * @param in stays the caller's to close
     * @param scope charged with the batches
     */
    public Reader(InputStream in, MemoryScope scope) throws IOException {
      this.scope = scope;
      this.allocator = ArrowBorder.newAllocator("ipc reader");
      this.reader = new ArrowStreamReader(in, allocator);
      try {
        Schema schema = reader.getVectorSchemaRoot().getSchema();
        this.weighted =
            schema.getCustomMetadata() != null
                && schema.getCustomMetadata().containsKey(WEIGHTS_KEY);
        List<Type> all = ArrowTypes.types(schema);
        this.types = List.copyOf(weighted ? all.subList(0, all.size() - 1) : all);
      } catch (IOException | RuntimeException e) {
        close();
        throw e;
      }
    }

    /** The columns' types, without the weights. */
    public List<Type> types() {
      return types;
    }

    /** The next batch, the caller's to close, or null at the end. */
    public @Nullable Batch next() throws IOException {
      if (!reader.loadNextBatch()) {
        return null;
      }
      Batch batch = ArrowBorder.fromArrow(reader.getVectorSchemaRoot(), scope);
      if (!weighted) {
        return batch;
      }
      try (batch) {
        List<Column> columns = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
          columns.add(batch.column(i).retain());
        }
        return new Batch(
            batch.length(), columns, null, (FixedColumn) batch.column(types.size()).retain());
      }
    }

    @Override
    public void close() throws IOException {
      try {
        reader.close(false);
      } finally {
        allocator.close();
      }
    }
  }
}
