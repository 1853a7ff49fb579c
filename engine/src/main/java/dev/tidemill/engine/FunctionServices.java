package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.plan.function.user.UserFunction;
import dev.tidemill.sql.parser.statement.FunctionBody;
import dev.tidemill.sql.parser.statement.Name;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.FunctionDefinition;
import dev.tidemill.storage.catalog.OfferedFunctions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The functions of users that the class path offers as services. */
final class FunctionServices {
  private FunctionServices() {}

  /** After so many that cannot be loaded no more are looked for. */
  private static final int MOST_BROKEN = 100;

  /**
   * All of them. One that cannot be loaded, or is no function, is left out and told; so are two
   * that share a name.
   */
  static OfferedFunctions find() {
    Map<String, FunctionDefinition> found = new TreeMap<>();
    List<TidemillException> broken = new ArrayList<>();
    Iterator<UserFunction> functions = ServiceLoader.load(UserFunction.class).iterator();
    boolean more = true;
    while (more && broken.size() < MOST_BROKEN) {
      try {
        more = functions.hasNext();
        if (more) {
          add(definition(functions.next()), found);
        }
      } catch (ServiceConfigurationError | LinkageError failure) {
        broken.add(EngineErrors.brokenService(failure));
      } catch (TidemillException refused) {
        broken.add(refused);
      }
    }
    return new OfferedFunctions(
        List.copyOf(found.values()), broken.isEmpty() ? null : broken.get(0));
  }

  private static void add(FunctionDefinition definition, Map<String, FunctionDefinition> found) {
    String key = definition.name().toLowerCase(Locale.ROOT);
    FunctionDefinition other = found.putIfAbsent(key, definition);
    if (other != null) {
      found.remove(key);
      throw EngineErrors.functionTwice(
          definition.name(), other.className(), definition.className());
    }
  }

  private static FunctionDefinition definition(UserFunction function) {
    String name;
    try {
      name = function.name();
    } catch (RuntimeException broken) {
      throw EngineErrors.brokenService(broken);
    }
    String className = function.getClass().getName();
    FunctionStatements.requireFree(name, null);
    FunctionClass loaded = FunctionClass.load(name, className, List.of());
    return new FunctionDefinition(
        name,
        className,
        List.of(),
        loaded.kind().name().toLowerCase(Locale.ROOT),
        sql(name, className),
        FunctionDefinition.Origin.SERVICE);
  }

  private static String sql(String name, String className) {
    QualifiedName qualified = new QualifiedName(List.of(new Name(name, new SourcePosition(1, 1))));
    return new Statement.CreateFunction(
            qualified,
            false,
            false,
            false,
            null,
            null,
            new FunctionBody.JavaClass(className, List.of()))
        .unparse();
  }
}
