package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a field of a file's schema. Of each entry of a leaf's levels the definition level says
 * how far down its path there is something, the repetition level which list goes on: an entry is a
 * slot of a part where its repetition level is no deeper than the lists around the part, and its
 * definition level says that the innermost of them has an element.
 */
sealed interface ParquetNode {
  /** From this definition level on the part is not NULL. */
  int definition();

  /** The type that the file says. */
  Type type();

  /** A leaf below, whose levels say all of this part. */
  Leaf first();

  /** Values. */
  record Leaf(ParquetColumn column, int definition) implements ParquetNode {
    @Override
    public Type type() {
      return column.type();
    }

    @Override
    public Leaf first() {
      return this;
    }
  }

  /** A ROW; {@code names} are those of {@code fields}. */
  record Group(List<String> names, List<ParquetNode> fields, int definition)
      implements ParquetNode {
    @Override
    public Type type() {
      List<Type.RowField> types = new ArrayList<>();
      for (ParquetNode field : fields) {
        types.add(new Type.RowField(names.get(types.size()), field.type()));
      }
      return new Type.Row(types);
    }

    @Override
    public Leaf first() {
      return fields.get(0).first();
    }
  }

  /**
   * An ARRAY.
   *
   * @param elementDefinition the definition level from which on there is an element
   * @param repetition the repetition level of elements but the first
   */
  record Repeated(ParquetNode element, int definition, int elementDefinition, int repetition)
      implements ParquetNode {
    @Override
    public Type type() {
      return new Type.Array(element.type());
    }

    @Override
    public Leaf first() {
      return element.first();
    }
  }

  /** A MAP; its entries are a group of key and value. */
  record Entries(Group entries, int definition, int elementDefinition, int repetition)
      implements ParquetNode {
    @Override
    public Type type() {
      return new Type.MapType(entries.fields.get(0).type(), entries.fields.get(1).type());
    }

    @Override
    public Leaf first() {
      return entries.first();
    }
  }
}
