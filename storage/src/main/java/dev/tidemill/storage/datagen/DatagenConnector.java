package dev.tidemill.storage.datagen;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableSchemas;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Table;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * {@code 'connector'='datagen'}: row n is a function of the seed and n, so every reader sees the
 * same rows. Rows arrive at {@code rows_per_second} from the moment the table is first opened in
 * the process; with {@code total_rows} the table is bounded.
 *
 * <p>What a column holds is said per column: {@code 'COLUMN.kind'} is {@code sequence} ({@code
 * start}, {@code step}), {@code random} ({@code min}, {@code max}; texts have a {@code length}),
 * {@code choice} ({@code values}, separated by {@code |}) or, for TIMESTAMPs, {@code time} ({@code
 * start}, {@code step} milliseconds a row, {@code jitter} milliseconds that a row may be behind).
 * {@code 'COLUMN.nulls'} is the share of NULLs, 0 to 1.
 */
public final class DatagenConnector implements Connector {
  @Override
  public String name() {
    return "datagen";
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of(
        new ConnectorOption(
            "rows_per_second", false, "how fast rows arrive; all at once by default"),
        new ConnectorOption(
            "total_rows", false, "after how many rows the table ends; never by default"),
        new ConnectorOption(
            "seed", false, "a whole number; other seeds give other rows; 0 by default"),
        new ConnectorOption(
            "static", false, "whether standing queries read it once: false by default"),
        new ConnectorOption("COLUMN.kind", false, "sequence, random, choice or time"),
        new ConnectorOption("COLUMN.start", false, "of a sequence or time: the first value"),
        new ConnectorOption(
            "COLUMN.step",
            false,
            "of a sequence: from value to value; of time: milliseconds a row"),
        new ConnectorOption(
            "COLUMN.jitter", false, "of time: milliseconds that a row may be behind"),
        new ConnectorOption("COLUMN.min", false, "of random: the least value"),
        new ConnectorOption("COLUMN.max", false, "of random: the greatest value"),
        new ConnectorOption("COLUMN.length", false, "of random texts: characters"),
        new ConnectorOption("COLUMN.values", false, "of choice: the values, separated by |"),
        new ConnectorOption("COLUMN.nulls", false, "the share of NULLs, 0 to 1; 0 by default"));
  }

  @Override
  public Table open(TableDefinition definition, ConnectorContext context) {
    OptionReader options = new OptionReader(this, definition);
    Schema schema = TableSchemas.declared(definition, this);
    long perSecond = options.number("rows_per_second", 0, 1);
    long total = options.number("total_rows", -1, 0);
    if (perSecond == 0 && total < 0) {
      throw DatagenErrors.needsRateOrTotal();
    }
    long seed = options.number("seed", 0, Long.MIN_VALUE);
    List<ColumnGenerator> generators = new ArrayList<>();
    for (Field field : schema.getFields()) {
      Type type = ArrowTypes.type(field);
      generators.add(ColumnGenerators.of(field, type, seed, perSecond, options));
    }
    boolean fixed = options.flag("static", false);
    options.checkAllKnown();
    InputKind kind = total < 0 ? InputKind.GROWING : fixed ? InputKind.STATIC : InputKind.BOUNDED;
    return new DatagenTable(schema, kind, generators, perSecond, total, context.clock());
  }
}
