package dev.tidemill.engine;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/** Columns of results, in the words of plans and of Arrow. */
final class ResultColumns {
  private ResultColumns() {}

  static Schema schema(List<OutputColumn> columns) {
    return new Schema(
        columns.stream().map(c -> ArrowTypes.field(c.name(), c.type(), c.nullable())).toList());
  }

  static List<OutputColumn> of(Schema schema) {
    return schema.getFields().stream()
        .map(field -> new OutputColumn(field.getName(), ArrowTypes.type(field), field.isNullable()))
        .toList();
  }

  static List<Type> types(List<OutputColumn> columns) {
    return columns.stream().map(OutputColumn::type).toList();
  }

  static OutputColumn text(String name) {
    return new OutputColumn(name, Type.VARCHAR, false);
  }

  static OutputColumn nullableText(String name) {
    return new OutputColumn(name, Type.VARCHAR, true);
  }

  static OutputColumn number(String name) {
    return new OutputColumn(name, Type.BIGINT, false);
  }

  static OutputColumn flag(String name) {
    return new OutputColumn(name, Type.BOOLEAN, false);
  }
}
