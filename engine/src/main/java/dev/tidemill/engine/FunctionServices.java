package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.plan.function.user.UserFunction;
import dev.tidemill.sql.parser.statement.FunctionBody;
import dev.tidemill.sql.parser.statement.Name;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.FunctionDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The functions of users that the class path offers as services. */
final class FunctionServices {
  private FunctionServices() {}

  /**
   * All of them.
   *
   * @throws dev.tidemill.foundation.error.TidemillException FUNCTION_NOT_LOADED, FUNCTION_INVALID,
   *     or if the name of one is not free
   */
  static List<FunctionDefinition> find() {
    List<FunctionDefinition> found = new ArrayList<>();
    try {
      for (UserFunction function : ServiceLoader.load(UserFunction.class)) {
        FunctionDefinition definition = definition(function);
        for (FunctionDefinition other : found) {
          if (other.name().equalsIgnoreCase(definition.name())) {
            throw EngineErrors.functionTwice(
                definition.name(), other.className(), definition.className());
          }
        }
        found.add(definition);
      }
    } catch (ServiceConfigurationError | LinkageError broken) {
      throw EngineErrors.brokenService(broken);
    }
    return found;
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
