import { PageHarness } from '/work/main/test/ui/pageHarness/openPage.ts';
import { idle } from '/work/main/test/ui/pageHarness/states.ts';
const prose = `The loop called \`next()\` **twice** for each word, so every second one was lost. See [the file](src/parse.ts#L41).\n\n`;
const code = `\`\`\`ts\nexport function parse(text: string): Token[] {\n\treturn words(text).map((word, at) => ({ word, at }));\n}\n\`\`\`\n\n`;
const list = '1. First the *iterator* moved\n   - nested `point`\n2. then it moved again\n\n';
const table = '| case | before | after |\n|---|---:|---:|\n| tabs | 1 | 2 |\n| none | 0 | 0 |\n\n';
const unit=`## Part\n\n${prose}${prose}${list}${code}${table}`;
const rows='| `tabs` | 12 |\n';
const h=await PageHarness.start(['--disable-frame-rate-limit','--disable-gpu-vsync']);
const mode=process.env.MODE??'mixed';
const chat=await h.open({reducedMotion:false});
if(process.env.CSSX) await chat.page.addScriptTag?.call; 
await chat.send({type:'snapshot',state:{...idle,activity:'running'},total:1,from:0,items:[{kind:'text',id:'t',text:'',state:'streaming'}],view:'chat'} as any);
const s=await chat.page.context().newCDPSession(chat.page); await s.send('Performance.enable',{timeDomain:'threadTicks'} as any);
const m=async()=>Object.fromEntries((await s.send('Performance.getMetrics')).metrics.map((x:any)=>[x.name,x.value]));
const all=mode==='mixed'?unit.repeat(600):'| case | value |\n|---|---|\n'+rows.repeat(20000);
let at=0;
const run=async(n:number)=>{const text=all.slice(at,at+n);at+=n;await chat.page.evaluate(async({all})=>{for(let a=0;a<all.length;a+=32){postMessage({type:'deltas',deltas:[{type:'append',index:0,text:all.slice(a,a+32)}]},'*');await new Promise(r=>requestAnimationFrame(r));}},{all:text});};
await run(4000);
for(let k=0;k<10;k++){const a=await m();await run(19200);const b=await m();const d=(x:string)=>((b[x]-a[x])/600*1000).toFixed(2);
 console.log(at,'per frame ms: task',d('TaskDuration'),'script',d('ScriptDuration'),'layout',d('LayoutDuration'),'style',d('RecalcStyleDuration'),'layouts',b.LayoutCount-a.LayoutCount,'styles',b.RecalcStyleCount-a.RecalcStyleCount);
 if(k===0||k===9){const t:any=await h.trace2?.(chat,()=>run(3200));
  if(t){const by=new Map();for(const e of t.traceEvents){if(e.ph==='X'&&e.tdur)by.set(e.name,(by.get(e.name)??0)+e.tdur);}console.log([...by].sort((x:any,y:any)=>y[1]-x[1]).slice(0,14).map(([n,v]:any)=>n+' '+(v/100/1000).toFixed(2)).join(', '));}}
}
await h.stop();
