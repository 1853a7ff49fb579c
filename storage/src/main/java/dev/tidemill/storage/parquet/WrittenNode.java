package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.ListType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MapType;
import org.apache.parquet.format.SchemaElement;

/**
 * A part of a column as it is written. An ARRAY is a group LIST of a repeated group {@code list} of
 * an {@code element}, a MAP a group MAP of a repeated group {@code key_value} of a {@code key} and
 * a {@code value}, a ROW a group; all but keys may be NULL.
 */
sealed interface WrittenNode {
  /** Appends the part's elements of the file's schema, and those of all below. */
  void describe(List<SchemaElement> schema);

  /** Appends the leaves, in the order of the schema. */
  void leaves(List<WrittenColumn> leaves);

  /** Values. */
  record Leaf(WrittenColumn column) implements WrittenNode {
    @Override
    public void describe(List<SchemaElement> schema) {
      schema.add(column.element());
    }

    @Override
    public void leaves(List<WrittenColumn> leaves) {
      leaves.add(column);
    }
  }

  /** A ROW, or the entries of a MAP, which have an element of the schema of their own. */
  record Group(String name, List<WrittenNode> fields, boolean optional, boolean isEntries)
      implements WrittenNode {
    @Override
    public void describe(List<SchemaElement> schema) {
      schema.add(
          isEntries
              ? group(name, FieldRepetitionType.REPEATED, fields.size())
              : group(name, repetitionType(optional), fields.size()));
      fields.forEach(field -> field.describe(schema));
    }

    @Override
    public void leaves(List<WrittenColumn> leaves) {
      fields.forEach(field -> field.leaves(leaves));
    }
  }

  /**
   * An ARRAY or a MAP.
   *
   * @param repetition the repetition level of elements but the first
   */
  record Repeated(String name, WrittenNode element, boolean optional, int repetition)
      implements WrittenNode {
    @Override
    public void describe(List<SchemaElement> schema) {
      SchemaElement outer = group(name, repetitionType(optional), 1);
      schema.add(outer);
      if (element instanceof Group group && group.isEntries) {
        outer.setLogicalType(LogicalType.MAP(new MapType()));
        outer.setConverted_type(ConvertedType.MAP);
      } else {
        outer.setLogicalType(LogicalType.LIST(new ListType()));
        outer.setConverted_type(ConvertedType.LIST);
        schema.add(group("list", FieldRepetitionType.REPEATED, 1));
      }
      element.describe(schema);
    }

    @Override
    public void leaves(List<WrittenColumn> leaves) {
      element.leaves(leaves);
    }
  }

  private static FieldRepetitionType repetitionType(boolean optional) {
    return optional ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED;
  }

  private static SchemaElement group(String name, FieldRepetitionType repetition, int children) {
    SchemaElement group = new SchemaElement(name);
    group.setRepetition_type(repetition);
    group.setNum_children(children);
    return group;
  }

  /**
   * How a column is written.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if its type cannot be
   */
  static WrittenNode of(String name, Type type, boolean optional) {
    return new Builder(name).node(List.of(name), type, optional, 0, 0);
  }

  /** Goes down a type with the levels so far. */
  record Builder(String column) {
    private WrittenNode node(
        List<String> path, Type type, boolean optional, int definition, int repetition) {
      if (path.size() > SchemaReader.MAX_DEPTH) {
        throw ParquetErrors.nestedTooDeep(column, SchemaReader.MAX_DEPTH);
      }
      int present = definition + (optional ? 1 : 0);
      return switch (type) {
        case Type.Array t ->
            new Repeated(
                path.getLast(),
                node(
                    below(path, "list", "element"), t.element(), true, present + 1, repetition + 1),
                optional,
                repetition + 1);
        case Type.MapType t -> {
          List<WrittenNode> fields =
              List.of(
                  node(
                      below(path, "key_value", "key"), t.key(), false, present + 1, repetition + 1),
                  node(
                      below(path, "key_value", "value"),
                      t.value(),
                      true,
                      present + 1,
                      repetition + 1));
          yield new Repeated(
              path.getLast(),
              new Group("key_value", fields, false, true),
              optional,
              repetition + 1);
        }
        case Type.Row t -> {
          Set<String> names = new HashSet<>();
          List<WrittenNode> fields = new ArrayList<>();
          for (Type.RowField field : t.fields()) {
            if (!names.add(field.name())) {
              throw ParquetErrors.sameFields(column, type, field.name());
            }
            fields.add(node(below(path, field.name()), field.type(), true, present, repetition));
          }
          if (fields.isEmpty()) {
            throw ParquetErrors.unsupportedWrite(column, type);
          }
          yield new Group(path.getLast(), fields, optional, false);
        }
        default -> new Leaf(WrittenColumn.of(path, type, optional, present, repetition));
      };
    }

    private static List<String> below(List<String> path, String... names) {
      List<String> all = new ArrayList<>(path);
      all.addAll(List.of(names));
      return all;
    }
  }
}
