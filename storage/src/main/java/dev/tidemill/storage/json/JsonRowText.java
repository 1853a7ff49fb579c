package dev.tidemill.storage.json;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.format.JsonValueFormat;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.RowText;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Rows as objects, each with all keys, in the order of the columns; values as {@link
 * JsonValueFormat} has them.
 */
final class JsonRowText implements RowText {
  private final List<Type> types;
  private final String[] keys;

  JsonRowText(Schema schema) {
    this.types = ArrowTypes.types(schema);
    this.keys = new String[types.size()];
    for (int i = 0; i < keys.length; i++) {
      Field field = schema.getFields().get(i);
      StringBuilder key = new StringBuilder(i == 0 ? "{" : ",");
      JsonValueFormat.appendString(field.getName(), key);
      keys[i] = key.append(':').toString();
    }
  }

  @Override
  public void append(Batch rows, int row, StringBuilder text) {
    for (int c = 0; c < keys.length; c++) {
      Column column = rows.column(c);
      text.append(keys[c]);
      JsonValueFormat.append(types.get(c), column.value(row), text);
    }
    text.append(keys.length == 0 ? "{}" : "}");
  }
}
