package dev.tidemill.foundation.arrow;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Batches as Arrow's vectors and back.
 *
 * <p>Outward nothing is copied where the layout is Arrow's already: vectors stand on our buffers
 * and retain them. Copied are decimals 8 bytes wide (Arrow's are 16), validity-less columns'
 * bitmaps, the views of columns with NULLs, selected rows, and strings where the schema asks for
 * plain Utf8 or Binary. Dictionaries are resolved, which for strings copies the views only. Strings
 * go out as the schema says: {@code Utf8View} ({@link ArrowTypes#field} makes these), which Arrow's
 * own readers since 2024 take, or {@code Utf8} ({@link #plain}) for older clients. Inward
 * everything is copied.
 */
public final class ArrowBorder {
  /** Made at the first use. */
  private static final class Root {
    static final RootAllocator ALLOCATOR = new RootAllocator(Long.MAX_VALUE);
  }

  private ArrowBorder() {}

  /**
   * An allocator to hold vectors with; the caller closes it after them. What is wrapped stays
   * charged to the scope of our buffers; what Arrow itself allocates is not charged anywhere.
   */
  public static BufferAllocator newAllocator(String name) {
    return Root.ALLOCATOR.newChildAllocator(name, 0, Long.MAX_VALUE);
  }

  /** A schema of nullable fields. */
  public static Schema schema(List<String> names, List<Type> types) {
    List<Field> fields = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      fields.add(ArrowTypes.field(names.get(i), types.get(i), true));
    }
    return new Schema(fields);
  }

  /** The schema with Utf8 for Utf8View and Binary for BinaryView, at any depth. */
  public static Schema plain(Schema schema) {
    return new Schema(
        schema.getFields().stream().map(ArrowBorder::plain).toList(), schema.getCustomMetadata());
  }

  private static Field plain(Field field) {
    ArrowType type =
        switch (field.getType()) {
          case ArrowType.Utf8View t -> ArrowType.Utf8.INSTANCE;
          case ArrowType.BinaryView t -> ArrowType.Binary.INSTANCE;
          default -> field.getType();
        };
    return new Field(
        field.getName(),
        new FieldType(field.isNullable(), type, field.getDictionary(), field.getMetadata()),
        field.getChildren().stream().map(ArrowBorder::plain).toList());
  }

  /**
   * The rows that count of {@code batch}, without the weights, as vectors that the caller closes.
   * Independent of {@code batch} from here on; the buffers that both use stay charged where they
   * are.
   *
   * @param scope charged with what has to be copied
   */
  public static VectorSchemaRoot toArrow(
      Batch batch, Schema schema, BufferAllocator allocator, MemoryScope scope) {
    VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
    try (ArrowRecordBatch record = ArrowExport.record(batch, schema, false, allocator, scope)) {
      new VectorLoader(root).load(record);
      return root;
    } catch (RuntimeException | Error e) {
      root.close();
      throw e;
    }
  }

  /**
   * A copy of Arrow's vectors; types follow {@link ArrowTypes#type}.
   *
   * @throws IllegalArgumentException if an Arrow type has no counterpart
   */
  public static Batch fromArrow(VectorSchemaRoot root, MemoryScope scope) {
    List<Column> columns = new ArrayList<>();
    try {
      for (FieldVector vector : root.getFieldVectors()) {
        columns.add(fromArrow(vector, scope));
      }
      return new Batch(root.getRowCount(), columns);
    } catch (RuntimeException | Error e) {
      columns.forEach(Column::close);
      throw e;
    }
  }

  /** A copy of one vector. */
  public static Column fromArrow(FieldVector vector, MemoryScope scope) {
    return new ArrowImport(scope).column(vector);
  }
}
