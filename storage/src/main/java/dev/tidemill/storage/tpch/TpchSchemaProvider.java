package dev.tidemill.storage.tpch;

import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.SchemaProvider;
import dev.tidemill.storage.catalog.TableDefinition;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code tpch.sf1.lineitem}: schema {@code sfN} is scale factor N, an underscore for the point:
 * {@code sf0_01}.
 */
public final class TpchSchemaProvider implements SchemaProvider {
  private static final Pattern SCALE = Pattern.compile("sf(\\d{1,5})(?:_(\\d{1,6}))?");

  @Override
  public String catalog() {
    return "tpch";
  }

  @Override
  public Collection<String> schemas() {
    return List.of("sf0_01", "sf0_1", "sf1", "sf10", "sf100");
  }

  @Override
  public Collection<String> tables(String schema) {
    return scale(schema) == null ? List.of() : TpchTables.NAMES;
  }

  @Override
  public CatalogEntry.@Nullable TableEntry find(String schema, String table) {
    TpchScale scale = scale(schema);
    String name = table.toLowerCase(Locale.ROOT);
    if (scale == null || !TpchTables.NAMES.contains(name)) {
      return null;
    }
    List<String> path = List.of(catalog(), schema.toLowerCase(Locale.ROOT), name);
    TableDefinition definition =
        new TableDefinition(
            name,
            List.of(),
            null,
            TpchTables.primaryKey(name),
            true,
            Map.of(),
            String.join(".", path));
    return new CatalogEntry.TableEntry(path, definition, TpchTables.open(name, scale));
  }

  /** The scale factor that a schema's name says, or null if it says none that can be generated. */
  private static @Nullable TpchScale scale(String schema) {
    Matcher matcher = SCALE.matcher(schema.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return null;
    }
    String fraction = matcher.group(2);
    double factor =
        Double.parseDouble(matcher.group(1) + "." + (fraction == null ? "0" : fraction));
    return factor > 0 && factor < TpchScale.LIMIT ? new TpchScale(factor) : null;
  }
}
