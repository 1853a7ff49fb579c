package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.FunctionDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.jspecify.annotations.Nullable;

/**
 * The functions that a statement may call: those that are built in, and behind them the users' of
 * the catalog, whose classes are loaded when first they are named. One per statement; it remembers
 * which were reached.
 */
final class UserFunctions implements SqlOperatorTable {
  /** Behind the name of a table function: its rows as an ARRAY. Nobody writes it. */
  static final String ROWS = "$rows";

  private final @Nullable Catalog catalog;
  private final Map<String, SqlOperator> operators = new HashMap<>();
  private final Map<String, FunctionDefinition> reached = new HashMap<>();

  UserFunctions(@Nullable Catalog catalog) {
    this.catalog = catalog;
  }

  /** The users' functions that were named. */
  List<FunctionDefinition> reached() {
    return List.copyOf(reached.values());
  }

  @Override
  public void lookupOperatorOverloads(
      SqlIdentifier name,
      @Nullable SqlFunctionCategory category,
      SqlSyntax syntax,
      List<SqlOperator> found,
      SqlNameMatcher matcher) {
    SqlOperatorTable builtIn = Functions.INSTANCE.table();
    int before = found.size();
    builtIn.lookupOperatorOverloads(name, category, syntax, found, matcher);
    if (found.size() > before || syntax != SqlSyntax.FUNCTION || !isOwn(name)) {
      return;
    }
    String simple = name.names.get(name.names.size() - 1);
    SqlOperator own = operators.get(key(simple));
    if (own == null) {
      own = operator(simple, name);
    }
    if (own != null) {
      operators.put(key(simple), own);
      found.add(own);
    }
  }

  private static boolean isOwn(SqlIdentifier name) {
    List<String> parts = name.names;
    int count = parts.size();
    return count == 1
        || parts.get(count - 2).equalsIgnoreCase(Catalog.MAIN)
            && (count == 2 || count == 3 && parts.get(0).equalsIgnoreCase(Catalog.DATABASE));
  }

  private @Nullable SqlOperator operator(String name, SqlIdentifier place) {
    boolean ofRows = name.endsWith(ROWS);
    String plain = ofRows ? name.substring(0, name.length() - ROWS.length()) : name;
    FunctionClass function = function(plain, place);
    if (function == null || ofRows && function.kind() != FunctionClass.Kind.TABLE) {
      return null;
    }
    if (!ofRows && function.kind() == FunctionClass.Kind.TABLE) {
      throw PlannerErrors.tableFunction(
          function.function(), Positions.of(place.getParserPosition()));
    }
    return UserOperator.of(ofRows ? function.function() + ROWS : function.function(), function);
  }

  /** The user's function of this name, or null. */
  @Nullable FunctionClass function(String name, SqlIdentifier place) {
    FunctionDefinition definition = null;
    try {
      definition = catalog == null ? null : catalog.function(name);
      if (definition == null) {
        TidemillException broken = catalog == null ? null : catalog.brokenOffer();
        if (broken != null) {
          // It may be what is called here.
          throw PlannerErrors.functionNotLoaded(name, broken);
        }
        return null;
      }
      FunctionClass loaded =
          FunctionClass.load(definition.name(), definition.className(), definition.jars());
      reached.put(key(name), definition);
      return loaded;
    } catch (TidemillException failure) {
      throw failure.at(Positions.of(place.getParserPosition()));
    }
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The names of all functions of users, for near misses. */
  List<String> names() {
    return catalog == null
        ? List.of()
        : catalog.functionDefinitions().stream().map(FunctionDefinition::name).toList();
  }

  @Override
  public List<SqlOperator> getOperatorList() {
    return new ArrayList<>(Functions.INSTANCE.table().getOperatorList());
  }
}
