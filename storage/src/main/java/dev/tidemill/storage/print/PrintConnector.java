package dev.tidemill.storage.print;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableSchemas;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Table;
import java.io.PrintStream;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * {@code 'connector'='print'}: a line a row, {@code prefix> +[1, abc]}. In UPDATE mode the sign is
 * + for an insert, ~ for a replaced row, - for a removed one; in COMPLETE mode = for each row of
 * the result.
 */
public final class PrintConnector implements Connector {
  @Override
  public String name() {
    return "print";
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of(
        new ConnectorOption(
            "prefix", false, "what each line starts with; the table's name by default"));
  }

  @Override
  public Table open(TableDefinition definition, ConnectorContext context) {
    OptionReader options = new OptionReader(this, definition);
    String prefix = options.text("prefix", definition.name());
    options.checkAllKnown();
    Schema schema = TableSchemas.declared(definition, this);
    List<Type> types = ArrowTypes.types(schema);
    PrintStream out = context.out();
    return new WriteOnlyTable(
        schema,
        (rows, operation, mode) -> {
          StringBuilder lines = new StringBuilder();
          for (int i = 0; i < rows.rowCount(); i++) {
            lines.append(prefix).append("> ").append(sign(operation, mode)).append('[');
            appendRow(lines, rows, rows.row(i), types);
            lines.append("]\n");
          }
          out.print(lines);
          out.flush();
        });
  }

  private static void appendRow(StringBuilder line, Batch rows, int row, List<Type> types) {
    for (int c = 0; c < types.size(); c++) {
      if (c > 0) {
        line.append(", ");
      }
      @Nullable Object value = rows.column(c).value(row);
      line.append(value == null ? "NULL" : ValueFormat.format(types.get(c), value));
    }
  }

  private static char sign(RowOperation operation, SinkMode mode) {
    if (mode == SinkMode.COMPLETE) {
      return '=';
    }
    return switch (operation) {
      case INSERT -> '+';
      case UPDATE -> '~';
      case DELETE -> '-';
    };
  }
}
