// A plugin of TypeDoc: each page has the name by which users import what it is about.
import { Converter } from 'typedoc';
import { entryPoints } from './entry-points.js';

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const entryPoint = entryPoints.find(({ moduleName }) => moduleName === module.name);
      if (entryPoint !== undefined) module.name = entryPoint.name;
    }
  });
}
