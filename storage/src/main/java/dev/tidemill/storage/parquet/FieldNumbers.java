package dev.tidemill.storage.parquet;

import java.util.Iterator;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.parquet.format.SchemaElement;

/** Puts the numbers of a schema's fields into the schema of the file that is written. */
final class FieldNumbers {
  private FieldNumbers() {}

  /**
   * @param elements of the file's schema but its root, as {@link WrittenNode} describes them
   */
  static void put(List<SchemaElement> elements, List<Field> fields) {
    Iterator<SchemaElement> rest = elements.iterator();
    fields.forEach(field -> put(rest, field));
  }

  private static void put(Iterator<SchemaElement> rest, Field field) {
    SchemaElement element = rest.next();
    String number = field.getMetadata().get(ParquetWriter.FIELD_ID);
    if (number != null) {
      element.setField_id(Integer.parseInt(number));
    }
    List<Field> below = field.getChildren();
    if (field.getType() instanceof ArrowType.List || field.getType() instanceof ArrowType.Map) {
      // The group around elements or entries has no number.
      rest.next();
      below = field.getType() instanceof ArrowType.Map ? below.get(0).getChildren() : below;
    }
    below.forEach(child -> put(rest, child));
  }
}
