/** Plans as JSON, versioned. */
@NullMarked
package dev.tidemill.plan.json;

import org.jspecify.annotations.NullMarked;
