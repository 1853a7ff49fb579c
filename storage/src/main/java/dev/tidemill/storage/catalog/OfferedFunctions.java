package dev.tidemill.storage.catalog;

import dev.tidemill.foundation.error.TidemillException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions of users that the class path offers.
 *
 * @param functions those that can be called
 * @param broken why there may be more, or null: a class that cannot be loaded, or two for one name
 */
public record OfferedFunctions(
    List<FunctionDefinition> functions, @Nullable TidemillException broken) {
  public static final OfferedFunctions NONE = new OfferedFunctions(List.of(), null);

  public OfferedFunctions {
    functions = List.copyOf(functions);
  }
}
